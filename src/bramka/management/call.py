"""One call of the management REST, as resources see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlencode

import msgspec
from sqlalchemy import Engine

from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.connectivity import Destination, Probe
from bramka.domain.traffic.deployment import Deployment, Synced
from bramka.domain.traffic.gateway_status import GatewayStatus
from bramka.domain.traffic.instance import ServiceInstance
from bramka.domain.traffic.policy import PolicyDocument
from bramka.management.connections import Connections
from bramka.management.errand import Errands
from bramka.management.quota_source import QuotaSource
from bramka.management.spelling import place_spelling
from bramka.store.access_token import AccessToken, Role
from bramka.store.transaction import Store, Transaction

Properties = dict[str, object]
DEEPEST = 64
"""Levels of objects and lists in a body."""
CompilePolicy = Callable[[PolicyDocument, Configuration], None]
"""Raises Invalid, with line and column, for a document that the gateway would refuse
in this configuration."""


Fetch = Callable[[str], bytes]
"""The content at an address; Invalid when it may not or cannot be read."""

Probing = Callable[[Destination, bool], list[Probe]]
"""Tries to reach a destination; the flag says that gateways forward to it anyway.

Invalid when it may not be tried.
"""


@dataclass(frozen=True)
class PolicyAttribute:
    """An attribute of a policy."""

    name: str
    required: bool
    default: str | None
    description: str
    expression: bool
    """Whether it may be a policy expression."""
    values: tuple[str, ...] = ()
    """The only ones possible; empty: any."""


Vouch = Callable[[str], AccessToken]
"""Whom another issuer's token stands for; Unauthenticated if for nobody here."""


@dataclass(frozen=True)
class PolicyKind:
    """A policy that gateways know: its element and where it may stand."""

    name: str
    description: str
    scopes: tuple[str, ...]
    summary: str = ""
    about: str = ""
    example: str = ""
    sections: tuple[str, ...] = ()
    once: bool = False
    attributes: tuple[PolicyAttribute, ...] = ()
    children: object = None
    """Names of elements that may stand inside, nested; None: any policy may."""


@dataclass(frozen=True)
class ExpressionMember:
    """A member that policy expressions can use; `takes` is None for a property."""

    name: str
    result: str
    takes: str | None
    generics: tuple[str, ...]
    is_static: bool


@dataclass(frozen=True)
class ExpressionType:
    """A type of policy expressions; `item` is what an index gives."""

    name: str
    parameters: tuple[str, ...]
    bases: tuple[str, ...]
    item: str
    members: tuple[ExpressionMember, ...]


@dataclass(frozen=True)
class Addresses:
    """Where callers reach what the REST tells them about."""

    gateway: str
    console: str


Watch = dict[tuple[str, str], tuple[GatewayStatus, float]]
"""Gateway and process → what it told last, and when."""


@dataclass(frozen=True)
class Site:
    """What the management REST works with; `app` hands it in."""

    store: Store
    usage: Engine
    chance: Chance
    compile_policy: CompilePolicy
    addresses: Addresses
    quotas: QuotaSource
    policies: tuple[PolicyKind, ...] = ()
    expression_types: Callable[[], tuple[ExpressionType, ...]] = tuple
    """Asked for only when somebody writes a policy."""
    fetch: Fetch | None = None
    """Reads what a `-link` format names; None where nothing may be fetched."""
    probe: Probing | None = None
    """Tries addresses for connectivity checks; None where nothing is tried."""
    vouch: Vouch | None = None
    """Knows the tokens of another issuer; None where there is none."""
    watch: Watch = field(default_factory=dict)
    errands: Errands | None = None
    """Runs backups and restores; None where there are none."""
    connections: Connections | None = None
    """Gets first tokens of connections; None where nobody is asked for any."""
    git: "Configurations | None" = None
    """Keeps the configuration in git; None where there is no git."""
    asks_for_match: bool = True
    """Whether nothing is changed or deleted without If-Match, as documented."""


@dataclass(frozen=True)
class Call:
    """A call that was understood: who asks, for what, with which parameters."""

    site: Site
    transaction: Transaction
    instance: ServiceInstance
    url: str
    """As the caller wrote it, without the query."""
    query: Mapping[str, str]
    if_match: str | None
    body: bytes = field(repr=False)
    if_none_match: str | None = None
    accept: str = ""
    """Kinds of answer that the caller takes."""
    role: Role = "viewer"
    """What the caller may do."""
    caller: AccessToken | None = None

    @property
    def base(self) -> str:
        """Path of the instance: what every id begins with."""
        own = self.instance
        return (
            f"/subscriptions/{own.subscription_id}/resourceGroups/{own.resource_group}"
            f"/providers/Microsoft.ApiManagement/service/{own.name}"
        )

    def moment(self) -> str:
        """Now, as the REST writes it."""
        now = datetime.fromtimestamp(self.transaction.now, UTC)
        return now.isoformat().replace("+00:00", "Z")

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false."""
        text = self.query.get(name, "false")
        if text.lower() not in ("true", "false"):
            raise Invalid(f"{name} is '{text}'; give true or false.", target=name)
        return text.lower() == "true"

    def whole(self, name: str, default: int | None, least: int) -> int | None:
        """A query parameter that is a whole number."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise Invalid(f"{name} is '{text}'; give a whole number.", target=name)
        if int(text) < least:
            raise Invalid(f"{name} is {text}; give {least} or more.", target=name)
        return int(text)

    def next_link(self, skip: int) -> str:
        """Where the rest of a list is."""
        return f"{self.url}?{urlencode(dict(self.query) | {'$skip': str(skip)})}"

    def properties(self) -> Properties:
        """The `properties` of the body."""
        whole = self.json()
        properties = whole.get("properties")
        if not isinstance(properties, dict):
            raise Invalid(
                'The body holds no "properties" object; send {"properties": {…}}.',
                target="properties",
            )
        return properties

    def json(self) -> Properties:
        """The body, which must be a JSON object."""
        try:
            whole = msgspec.json.decode(self.body, type=Properties)
        except msgspec.MsgspecError as error:
            raise Invalid(f"The body is not a JSON object: {error}") from None
        # What is kept must stay readable, however deep the reader's own calls are.
        if not fits(whole, DEEPEST):
            raise Invalid(f"The body nests deeper than {DEEPEST} levels.")
        if b"\\u0000" in self.body and _holds_zero(whole):
            raise Invalid("A text holds U+0000, which cannot be stored; leave it out.")
        return whole

    def short(self, path: str) -> str:
        """`path` without the address of the instance, as what it names is kept."""
        if path.lower().startswith(self.base.lower() + "/"):
            path = path[len(self.base) :]
        short = path if path.startswith("/") else f"/{path}"
        return place_spelling(self.transaction, short)

    def name_in(self, path: str, segment: str) -> str:
        """The id in `/{segment}/{id}`, short or full; Invalid for anything else."""
        head, _, name = self.short(path).lstrip("/").partition("/")
        if head.lower() != segment.lower() or not name or "/" in name:
            raise Invalid(
                f"'{path}' is not the path of one of the {segment}; write "
                f"/{segment}/ID.",
                target=segment,
            )
        return name


def _holds_zero(value: object) -> bool:
    """Whether a text somewhere inside has a character that databases do not keep."""
    if isinstance(value, dict):
        return any(map(_holds_zero, (*value, *value.values())))
    if isinstance(value, list):
        return any(map(_holds_zero, value))
    return isinstance(value, str) and "\0" in value


def fits(value: object, levels: int) -> bool:
    """Whether `value` nests no deeper than so many levels."""
    if isinstance(value, dict):
        return levels > 0 and all(fits(one, levels - 1) for one in value.values())
    if isinstance(value, list):
        return levels > 0 and all(fits(one, levels - 1) for one in value)
    return True


class Configurations(Protocol):
    """A git repository of the configuration; `app` hands it in."""

    def head(self, branch: str) -> str | None:
        """Its newest commit; Invalid when no branch can be called so."""

    def save(self, call: Call, branch: str, *, force: bool) -> str:
        """Commit the configuration to a branch; the commit."""

    def deploy(self, call: Call, branch: str, *, force: bool) -> Deployment:
        """Make the configuration what a branch says, in the call's transaction."""

    def remember(self, synced: Synced) -> None:
        """Keep in mind that what was deployed is there for good."""

    def validate(self, call: Call, branch: str, *, force: bool) -> Deployment:
        """What deploying it would come to; nothing is changed."""

    def synced(self) -> Synced | None:
        """The last time that git and the configuration were the same."""
