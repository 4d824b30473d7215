"""Configuration: everything a gateway needs, as plain data with a version.

Console sends either all of it or what changed since a version the gateway already
has; the gateway turns it into a Plan. A `Change` carries the new state of one noun,
or none when the noun is gone.
"""

from typing import TypeAlias, cast

from msgspec import Raw, Struct, ValidationError, field, json, structs

from bramka.domain.traffic.api import Api, VersionSet
from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.diagnostic import Diagnostic, Logger
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import Fragment, PolicyDocument
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.quota_counter import QuotaSetting
from bramka.domain.traffic.schema import ApiSchema, Schema
from bramka.domain.traffic.shared_cache import SharedCache
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import User


class Instance(Struct, frozen=True, rename="camel", kw_only=True):
    """The service instance the gateway belongs to."""

    name: str
    region: str = "local"
    gateway_id: str = "managed"
    pepper: bytes = b""
    """Secret with which subscription keys are digested."""
    deleted: bool = False
    """Whether somebody deleted it: it comes with nothing to serve."""
    distrusted: tuple[str, ...] = ()
    """Ids of certificates whose holders this gateway does not trust."""
    debug_epoch: int = 0
    """Debug credentials of an earlier epoch were called back."""


class Configuration(Struct, frozen=True, rename="camel", kw_only=True):
    """One version of the whole; each table maps an id to its noun.

    Operations are keyed `{api}/{operation}`, schemas and diagnostics alike, policies by
    their scope path (see `PolicyDocument.scope`).
    """

    version: int
    instance: Instance
    apis: dict[str, Api] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)
    version_sets: dict[str, VersionSet] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    backends: dict[str, Backend] = field(default_factory=dict)
    certificates: dict[str, Certificate] = field(default_factory=dict)
    schemas: dict[str, Schema] = field(default_factory=dict)
    api_schemas: dict[str, ApiSchema] = field(default_factory=dict)
    loggers: dict[str, Logger] = field(default_factory=dict)
    diagnostics: dict[str, Diagnostic] = field(default_factory=dict)
    caches: dict[str, SharedCache] = field(default_factory=dict)
    named_values: dict[str, NamedValue] = field(default_factory=dict)
    fragments: dict[str, Fragment] = field(default_factory=dict)
    policies: dict[str, PolicyDocument] = field(default_factory=dict)
    quota_settings: dict[str, QuotaSetting] = field(default_factory=dict)


Noun: TypeAlias = (
    Api
    | Operation
    | VersionSet
    | Product
    | Group
    | User
    | Subscription
    | Backend
    | Certificate
    | Schema
    | ApiSchema
    | Logger
    | Diagnostic
    | SharedCache
    | NamedValue
    | Fragment
    | PolicyDocument
    | QuotaSetting
)

TABLES: dict[str, type[Noun]] = {
    "apis": Api,
    "operations": Operation,
    "versionSets": VersionSet,
    "products": Product,
    "groups": Group,
    "users": User,
    "subscriptions": Subscription,
    "backends": Backend,
    "certificates": Certificate,
    "schemas": Schema,
    "apiSchemas": ApiSchema,
    "loggers": Logger,
    "diagnostics": Diagnostic,
    "caches": SharedCache,
    "namedValues": NamedValue,
    "fragments": Fragment,
    "policies": PolicyDocument,
    "quotaSettings": QuotaSetting,
}
"""Table name on the wire → the noun in it."""

_ATTRIBUTE = {
    "apiSchemas": "api_schemas",
    "versionSets": "version_sets",
    "namedValues": "named_values",
    "quotaSettings": "quota_settings",
}


class Change(Struct, frozen=True, kw_only=True):
    """One noun's new state; `noun` is None when it was deleted."""

    table: str
    key: str
    noun: Noun | None


class Update(Struct, frozen=True, kw_only=True):
    """What console answers: the whole, or the changes since the version asked for."""

    version: int
    whole: Configuration | None = None
    changes: tuple[Change, ...] = ()


class _WireChange(Struct, frozen=True):
    table: str
    key: str
    noun: Raw


class _WireUpdate(Struct, frozen=True):
    version: int
    whole: Configuration | None = None
    changes: tuple[_WireChange, ...] = ()


_READ_UPDATE = json.Decoder(_WireUpdate)
_READ_NOUN = {
    name: json.Decoder(cast("type[Noun]", noun | None)) for name, noun in TABLES.items()
}


def write_update(update: Update) -> bytes:
    """`update` as JSON; bytes travel as base64."""
    return json.encode(update)


def read_update(text: bytes) -> Update:
    """The update in `text`; msgspec.ValidationError says where it is malformed."""
    wire = _READ_UPDATE.decode(text)
    for number, change in enumerate(wire.changes):
        if change.table not in _READ_NOUN:
            message = f"Unknown table '{change.table}' - at `$.changes[{number}].table`"
            raise ValidationError(message)
    changes = tuple(
        Change(
            table=change.table,
            key=change.key,
            noun=_READ_NOUN[change.table].decode(change.noun),
        )
        for change in wire.changes
    )
    return Update(version=wire.version, whole=wire.whole, changes=changes)


def apply(base: Configuration | None, update: Update) -> Configuration:
    """The configuration after `update`: a new one, `base` stays as it was.

    Tables without a change are shared between both. `base` may only be missing when
    the update carries the whole.
    """
    if update.whole is not None:
        return update.whole
    assert base is not None, "an update of changes needs something to change"
    tables: dict[str, dict[str, Noun]] = {}
    for change in update.changes:
        name = _ATTRIBUTE.get(change.table, change.table)
        if name not in tables:
            tables[name] = dict(getattr(base, name))
        if change.noun is None:
            tables[name].pop(change.key, None)
        else:
            tables[name][change.key] = change.noun
    return structs.replace(base, version=update.version, **tables)
