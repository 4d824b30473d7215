"""A noun as a row: columns that are plain, nested, or sealed."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import RowMapping

from bramka.store.columns import field_names, nested_fields
from bramka.store.transaction import Transaction

NounT = TypeVar("NounT", bound=Struct)


class NounRow(Generic[NounT]):
    """What stands in the columns for a noun of one kind."""

    def __init__(
        self,
        noun: type[NounT],
        table: str,
        *,
        key: tuple[str, ...],
        sealed: tuple[str, ...],
        without: tuple[str, ...],
    ) -> None:
        """`sealed` fields are encrypted; those in `without` are kept elsewhere."""
        self._noun, self._table, self._key, self._sealed = noun, table, key, sealed
        self._nested = nested_fields(noun)
        self._wire_names = field_names(noun)
        self._kept = [field for field in self._wire_names if field not in without]

    def __repr__(self) -> str:
        return f"<NounRow: {self._table}>"

    def values(self, transaction: Transaction, noun: NounT) -> dict[str, object]:
        """The noun as its columns hold it."""
        values = {name: getattr(noun, name) for name in self._kept}
        for name in self._sealed:
            if values[name] is not None:
                text = msgspec.json.encode(values[name])
                context = self.context(self._key_of(noun), name)
                values[name] = transaction.vault.cipher.encrypt(text, context)
        for name in self._nested:
            if name in values and name not in self._sealed:
                values[name] = msgspec.to_builtins(values[name])
        return values

    def noun_of(
        self,
        transaction: Transaction,
        columns: RowMapping,
        elsewhere: Mapping[str, object],
    ) -> NounT:
        """The noun that columns hold, with the fields that are kept elsewhere."""
        fields = {name: columns[name] for name in self._kept}
        for name in self._sealed:
            fields[name] = self._unseal(transaction, columns, name)
        fields |= elsewhere
        on_wire = {self._wire_names[name]: value for name, value in fields.items()}
        return msgspec.convert(on_wire, self._noun)

    def context(self, key: tuple[str, ...], field: str) -> str:
        """What the ciphertext of a field is bound to."""
        return "/".join((self._table, *key, field))

    def _key_of(self, noun: NounT) -> tuple[str, ...]:
        return tuple(getattr(noun, field) for field in self._key)

    def _unseal(
        self, transaction: Transaction, columns: Mapping[Any, Any], name: str
    ) -> object:
        if columns[name] is None:
            return None
        key = tuple(columns[field] for field in self._key)
        text = transaction.vault.cipher.decrypt(columns[name], self.context(key, name))
        return msgspec.json.decode(text)
