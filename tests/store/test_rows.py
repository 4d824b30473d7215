"""Rows of backups: whatever JSON holds comes back."""

import pytest

from bramka.domain.errors import Invalid
from bramka.domain.traffic.schema import ApiSchema
from bramka.store.body_schema import API_SCHEMAS
from bramka.store.rows import dump, load, make_room
from bramka.store.schema import newest
from bramka.store.transaction import Store

NUMBERS = [0, -1, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**400, -(10**400), 0.5]


def test_numbers_of_any_size_come_back(store: Store) -> None:
    document = {"enum": NUMBERS, "deep": [{"maximum": 2**70}]}
    schema = ApiSchema(api_id="a", id="s", content_type="x/y", document=document)
    with store.writing() as transaction:
        API_SCHEMAS.insert(transaction, schema)
        pieces = list(dump(transaction.connection, "state", "api_schema"))
        tables = make_room(transaction.connection, "state", newest("state") or "")
        assert API_SCHEMAS.all(transaction) == []
        for piece in pieces:
            load(transaction.connection, tables["api_schema"], piece)
        assert API_SCHEMAS.get(transaction, "a", "s").noun == schema


def test_a_mark_that_nobody_knows_is_refused(store: Store) -> None:
    with store.writing() as transaction:
        tables = make_room(transaction.connection, "state", newest("state") or "")
        piece = b"\x91\x81\xa2id\xd4\x07\x00"
        with pytest.raises(Invalid, match="marked 7"):
            load(transaction.connection, tables["api_schema"], piece)
