"""The developer portal: its versions, its settings and what its pages are made of."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

SETTINGS = {
    "signin": ("enabled",),
    "signup": ("enabled", "termsOfService"),
    "delegation": ("url", "subscriptions", "userRegistration"),
}
"""Name of a setting → what it holds, besides secrets."""


class PortalRevision(Struct, frozen=True, rename="camel", kw_only=True):
    """One published version of the portal."""

    id: str
    description: Annotated[str, Meta(max_length=2000)] | None = None
    is_current: bool = False
    status: Literal["pending", "publishing", "completed", "failed"] = "completed"
    status_details: str | None = None
    created_date_time: float | None = None
    """Seconds since 1970 UTC."""
    updated_date_time: float | None = None


class Switch(Struct, frozen=True, rename="camel", kw_only=True):
    """Something that is on or off."""

    enabled: bool = False


class Terms(Struct, frozen=True, rename="camel", kw_only=True):
    """What people agree to when they sign up."""

    text: str | None = None
    enabled: bool = False
    consent_required: bool = False


class PortalSetting(Struct, frozen=True, rename="camel", kw_only=True):
    """One of the three settings, see `SETTINGS`."""

    id: str
    enabled: bool = False
    terms_of_service: Terms = field(default_factory=Terms)
    url: str | None = None
    validation_key: str | None = None
    subscriptions: Switch = field(default_factory=Switch)
    user_registration: Switch = field(default_factory=Switch)

    def __repr__(self) -> str:
        return f"<PortalSetting {self.id}>"


UNSET_SETTINGS = {
    "signin": PortalSetting(id="signin"),
    "signup": PortalSetting(id="signup", enabled=True),
    "delegation": PortalSetting(id="delegation"),
}
"""The settings as they are until somebody changes them."""


class Require(Struct, frozen=True, rename="camel", kw_only=True):
    """Whether visitors have to sign in."""

    require: bool = False


class ConfigTerms(Struct, frozen=True, rename="camel", kw_only=True):
    """The terms as a portal configuration writes them."""

    text: str | None = None
    require_consent: bool = False


class SignUp(Struct, frozen=True, rename="camel", kw_only=True):
    """How people sign up."""

    terms_of_service: ConfigTerms = field(default_factory=ConfigTerms)


class ConfigDelegation(Struct, frozen=True, rename="camel", kw_only=True):
    """Who takes over signing up and subscribing."""

    delegate_registration: bool = False
    delegate_subscription: bool = False
    delegation_url: str | None = None
    validation_key: str | None = None


class Cors(Struct, frozen=True, rename="camel", kw_only=True):
    """Other sites that may call."""

    allowed_origins: tuple[str, ...] = ()


class Csp(Struct, frozen=True, rename="camel", kw_only=True):
    """The content security policy of the pages."""

    mode: Literal["enabled", "disabled", "reportOnly"] = "disabled"
    report_uri: tuple[str, ...] = ()
    allowed_sources: tuple[str, ...] = ()


class PortalConfig(Struct, frozen=True, rename="camel", kw_only=True):
    """All settings of a portal in one."""

    id: str
    enable_basic_auth: bool = True
    signin: Require = field(default_factory=Require)
    signup: SignUp = field(default_factory=SignUp)
    delegation: ConfigDelegation = field(default_factory=ConfigDelegation)
    cors: Cors = field(default_factory=Cors)
    csp: Csp = field(default_factory=Csp)

    def __repr__(self) -> str:
        return f"<PortalConfig {self.id}>"


class ContentType(Struct, frozen=True, rename="camel", kw_only=True):
    """A kind of content, with the JSON Schema of its items."""

    id: str
    name: str | None = None
    description: str | None = None
    schema: dict[str, Any] | None = None
    version: str | None = None


class ContentItem(Struct, frozen=True, rename="camel", kw_only=True):
    """One piece of content."""

    type_id: str
    id: str
    content: dict[str, Any]
