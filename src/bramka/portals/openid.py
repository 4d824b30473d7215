"""OpenID Connect: which providers are offered, and where each one is."""

from bramka.domain.traffic.identity_provider import IdentityProvider
from bramka.store import portal_rules
from bramka.store.identity_provider import IDENTITY_PROVIDERS
from bramka.store.transaction import Transaction

TITLES = {
    "aad": "Microsoft Entra ID",
    "aadB2C": "Azure AD B2C",
    "google": "Google",
    "microsoft": "Microsoft",
}
"""The kinds that speak OpenID Connect."""
_CLOUD = "login.microsoftonline.com"
_PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of everybody's personal accounts."""


def offered(transaction: Transaction) -> list[tuple[IdentityProvider, str, str]]:
    """The providers that people can sign in with: each with its title and issuer."""
    if portal_rules.read(transaction).delegation.sign_in:
        return []
    found = (record.noun for record in IDENTITY_PROVIDERS.all(transaction))
    told = ((one, title_of(one), issuer_of(one)) for one in found)
    return [one for one in told if one[2]]


def title_of(provider: IdentityProvider) -> str:
    """How people know a provider; one of your own goes by its host."""
    own = _own_issuer(provider)
    if own:
        return own.partition("://")[2].partition("/")[0]
    return TITLES.get(provider.id, provider.id)


def issuer_of(provider: IdentityProvider) -> str:
    """The address that a provider's tokens are issued by; empty if it issues none.

    An `authority` that is a whole address is any OpenID provider, of any kind.
    """
    own = _own_issuer(provider)
    if own:
        return own
    host = provider.authority or _CLOUD
    tenant = provider.signin_tenant or "organizations"
    policy = provider.signin_policy_name or provider.signup_policy_name or ""
    issuers = {
        "aad": f"https://{host}/{tenant}/v2.0",
        "aadB2C": f"https://{host}/{tenant}/{policy}/v2.0" if policy else "",
        "google": "https://accounts.google.com",
        "microsoft": f"https://{_CLOUD}/{_PERSONAL}/v2.0",
    }
    return issuers.get(provider.id, "")


def _own_issuer(provider: IdentityProvider) -> str:
    authority = provider.authority or ""
    return authority.rstrip("/") if "://" in authority else ""
