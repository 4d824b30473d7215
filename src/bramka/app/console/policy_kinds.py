"""The shelf of policies as the management REST tells of it."""

import inspect
import textwrap
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect as types

from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.site import Source
from bramka.management.call import PolicyAttribute, PolicyKind
from bramka.policies import shelf

XML = ("    ", "<")


@cache
def policy_kinds() -> tuple[PolicyKind, ...]:
    """Every policy that gateways know."""
    return tuple(_kind(name, one) for name, one in sorted(shelf().items()))


def _kind(name: str, policy: Any) -> PolicyKind:
    summary, about, example = _prose(inspect.getdoc(policy.module) or "")
    return PolicyKind(
        name,
        (policy.Settings.__doc__ or "").strip(),
        tuple(sorted(str(scope) for scope in policy.SCOPES)),
        summary=summary,
        about=about,
        example=example,
        sections=tuple(s.value for s in Section if s in policy.SECTIONS),
        once=policy.ONCE,
        attributes=tuple(_attributes(policy.Settings)),
        children=policy.CHILDREN,
    )


def _prose(text: str) -> tuple[str, str, str]:
    """First sentence, the rest, and the first example of a docstring."""
    blocks = text.strip().split("\n\n")
    # A docstring of examples alone is not indented: its formatter sees to that.
    examples = [textwrap.dedent(one) for one in blocks[1:] if one.startswith(XML)]
    rest = [one.replace("\n", " ") for one in blocks[1:] if not one.startswith(XML)]
    return blocks[0].replace("\n", " "), "\n\n".join(rest), (examples or [""])[0]


def _attributes(settings: type[msgspec.Struct]) -> list[PolicyAttribute]:
    told = types.type_info(settings)
    assert isinstance(told, types.StructType), "settings are structs"
    return [
        PolicyAttribute(
            name=field.encode_name,
            required=field.required,
            default=_default(field),
            description=_description(field.type),
            expression=_takes_source(field.type),
            values=_values(field.type),
        )
        for field in told.fields
    ]


def _default(field: types.Field) -> str | None:
    value = field.default
    if field.required or value in (None, "", (), msgspec.NODEFAULT):
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parts(kind: types.Type) -> list[types.Type]:
    """The type itself and what it is made of."""
    if isinstance(kind, types.Metadata):
        return [kind, *_parts(kind.type)]
    if isinstance(kind, types.UnionType):
        return [part for one in kind.types for part in _parts(one)]
    return [kind]


def _description(kind: types.Type) -> str:
    for part in _parts(kind):
        if isinstance(part, types.Metadata):
            text = (part.extra_json_schema or {}).get("description")
            if text:
                return str(text)
    return ""


def _takes_source(kind: types.Type) -> bool:
    return any(
        isinstance(part, types.CustomType) and part.cls is Source
        for part in _parts(kind)
    )


def _values(kind: types.Type) -> tuple[str, ...]:
    found: list[str] = []
    for part in _parts(kind):
        if isinstance(part, types.LiteralType):
            found += [str(one) for one in part.values]
        elif isinstance(part, types.BoolType):
            found += ["true", "false"]
    return tuple(found)
