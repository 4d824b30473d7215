"""Columns for the fields of a noun: typed where they are plain, JSON where nested."""

from typing import Any

import msgspec
from msgspec import Struct, inspect
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    LargeBinary,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

# Ordered byte by byte, as SQLite does, so that both databases page alike.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
NESTED = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

_PLAIN: dict[type[inspect.Type], TypeEngine[Any]] = {
    inspect.StrType: TEXT,
    inspect.LiteralType: TEXT,
    inspect.BoolType: Boolean(),
    inspect.IntType: BigInteger(),
    inspect.FloatType: Double(),
    inspect.BytesType: LargeBinary(),
}


def columns_of(
    noun: type[Struct],
    *,
    key: tuple[str, ...],
    sealed: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> list[Column[Any]]:
    """One column per field; `sealed` ones hold ciphertext, `key` is the primary key."""
    return [
        Column(
            field.name,
            LargeBinary() if field.name in sealed else _type_of(field.type),
            primary_key=field.name in key,
            nullable=field.name not in key and _optional(field.type),
        )
        for field in _fields(noun)
        if field.name not in without
    ]


def nested_fields(noun: type[Struct]) -> frozenset[str]:
    """Names of the fields that are kept as JSON."""
    return frozenset(
        field.name for field in _fields(noun) if _type_of(field.type) is NESTED
    )


def _fields(noun: type[Struct]) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(noun)
    assert isinstance(described, inspect.StructType), "nouns are Structs"
    return described.fields


def _optional(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.UnionType) and any(
        isinstance(one, inspect.NoneType) for one in kind.types
    )


def _type_of(kind: inspect.Type) -> TypeEngine[Any]:
    if isinstance(kind, inspect.UnionType):
        real = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        kind = real[0] if len(real) == 1 else kind
    return _PLAIN.get(type(kind), NESTED)


def field_names(noun: type[Struct]) -> dict[str, str]:
    """Field → its name on the wire."""
    return {field.name: field.encode_name for field in msgspec.structs.fields(noun)}
