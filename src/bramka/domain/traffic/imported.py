"""What an imported document says of an API, before it is kept."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from bramka.domain.traffic.operation import Operation

LONGEST_ID = 76


class ImportedApi(Struct, frozen=True, kw_only=True):
    """An API as a document describes it."""

    title: str
    description: str | None = None
    service_url: str | None = None
    protocols: tuple[str, ...] = ()
    extra: Mapping[str, Any]
    """More properties of the API: contact, license, termsOfServiceUrl."""
    operations: tuple[Operation, ...] = ()
    schema_type: str = ""
    """Content type of the schemas; "" when there are none."""
    schemas: Mapping[str, Any]


class Namer:
    """Gives out ids and names that are not taken yet."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def operation_id(self, text: str) -> str:
        """`text` as an id: lower case, runs of other characters become one hyphen."""
        plain = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:LONGEST_ID]
        return self._free(plain.strip("-") or "operation", "-")

    def type_name(self, text: str) -> str:
        """`text` as the name of a type."""
        return self._free(re.sub(r"\W+", "", text) or "Type", "-")

    def _free(self, wanted: str, mark: str) -> str:
        name, number = wanted, 0
        while name in self._taken:
            number += 1
            name = f"{wanted}{mark}{number}"
        self._taken.add(name)
        return name
