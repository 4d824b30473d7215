"""What the settings of the portal come to: who may sign in and up, and where."""

import base64
import binascii

from msgspec import Struct

from bramka.domain.traffic.portal import (
    UNSET_SETTINGS,
    PortalConfig,
    PortalSetting,
    Terms,
)
from bramka.store.portal import PORTAL_CONFIGS, PORTAL_SETTINGS
from bramka.store.transaction import Transaction


class Delegation(Struct, frozen=True, kw_only=True):
    """What another site takes over, and how we prove to it that we sent somebody."""

    sign_in: bool = False
    subscriptions: bool = False
    url: str = ""
    key: bytes = b""

    def __repr__(self) -> str:
        return f"<Delegation to {self.url}>"


class PortalRules(Struct, frozen=True, kw_only=True):
    """The settings `signin`, `signup`, `delegation`, and the portal configuration."""

    basic: bool = True
    """Whether people may sign in with email and password."""
    sign_in_required: bool = False
    sign_up: bool = True
    terms: Terms
    delegation: Delegation


def read(transaction: Transaction) -> PortalRules:
    """The rules as they are now."""
    config = PORTAL_CONFIGS.find(transaction, "default")
    wide = PortalConfig(id="default") if config is None else config.noun
    sign_up = _setting(transaction, "signup")
    return PortalRules(
        basic=wide.enable_basic_auth,
        sign_in_required=_setting(transaction, "signin").enabled or wide.signin.require,
        sign_up=sign_up.enabled,
        terms=_terms(sign_up, wide),
        delegation=_delegation(_setting(transaction, "delegation"), wide),
    )


def _setting(transaction: Transaction, name: str) -> PortalSetting:
    found = PORTAL_SETTINGS.find(transaction, name)
    return UNSET_SETTINGS[name] if found is None else found.noun


def _terms(setting: PortalSetting, config: PortalConfig) -> Terms:
    wide = config.signup.terms_of_service
    if setting.terms_of_service.enabled or not wide.text:
        return setting.terms_of_service
    return Terms(text=wide.text, enabled=True, consent_required=wide.require_consent)


def _delegation(setting: PortalSetting, config: PortalConfig) -> Delegation:
    if setting.subscriptions.enabled or setting.user_registration.enabled:
        url, key = setting.url, setting.validation_key
        on = (setting.user_registration.enabled, setting.subscriptions.enabled)
    else:
        wide = config.delegation
        url, key = wide.delegation_url, wide.validation_key
        on = (wide.delegate_registration, wide.delegate_subscription)
    # Without an address, or a key to sign with, there is nobody to send people to.
    if not url or not key:
        return Delegation()
    return Delegation(sign_in=on[0], subscriptions=on[1], url=url, key=_key(key))


def _key(text: str) -> bytes:
    """Keys are base64, as old tools make them; another text counts as it is."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()
