"""Configurations travel whole or as changes, and tables without a change are shared."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import (
    TABLES,
    Change,
    Configuration,
    Instance,
    Update,
    apply,
    read_update,
    write_update,
)
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.subscription import Subscription

INSTANCE = Instance(name="i", pepper=b"\x00\xffp")
NOUNS = st.sampled_from(
    [
        ("apis", Api(id="x", display_name="é", path="a/b", service_url="http://h")),
        ("apis", Api(id="x", display_name="other")),
        ("groups", Group(id="x", display_name="g")),
        ("namedValues", NamedValue(id="x", display_name="n", value="v", secret=True)),
        ("policies", PolicyDocument(scope="apis/x", text="<policies />\r\n\t&")),
        ("subscriptions", Subscription(id="x", scope="/", primary_digest=bytes(16))),
    ]
)
KEYS = st.sampled_from(["x", "y", "apis/x", ""])
CHANGES = st.lists(
    st.builds(
        lambda pair, key, gone: Change(
            table=pair[0], key=key, noun=None if gone else pair[1]
        ),
        NOUNS,
        KEYS,
        st.booleans(),
    ),
    max_size=6,
).map(tuple)


def empty(version: int = 1) -> Configuration:
    return Configuration(version=version, instance=INSTANCE)


@given(CHANGES)
def test_an_update_comes_back_as_it_was_written(changes: tuple[Change, ...]) -> None:
    update = Update(version=2, changes=changes)
    assert read_update(write_update(update)) == update
    whole = Update(version=2, whole=apply(empty(), update))
    assert read_update(write_update(whole)) == whole


@given(CHANGES, CHANGES)
def test_changes_one_after_the_other_are_all_changes_at_once(
    one: tuple[Change, ...], two: tuple[Change, ...]
) -> None:
    first = apply(empty(), Update(version=2, changes=one))
    before = msgspec.json.encode(first)
    second = apply(first, Update(version=3, changes=two))
    assert second == apply(empty(), Update(version=3, changes=one + two))
    assert msgspec.json.encode(first) == before, "the base stays as it was"
    touched = {change.table for change in two}
    for table in TABLES:
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in table)
        shared = getattr(second, name) is getattr(first, name)
        assert shared == (table not in touched)


def test_the_whole_replaces_everything() -> None:
    assert apply(empty(1), Update(version=5, whole=empty(5))) == empty(5)
    assert apply(None, Update(version=5, whole=empty(5))) == empty(5)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": "one"}',
        b'{"version": 1, "changes": [{"table": "apis", "key": "x"}]}',
        b'{"version": 1, "changes": [{"table": "apis", "key": "x", "noun": 5}]}',
        b'{"version": 1, "changes": [{"table": "new", "key": "x", "noun": null}]}',
        b'{"version": 1, "changes": [{"table": "apis", "key": "x", "noun": {}}]}',
        b'{"version": 1, "whole": {"version": 1}}',
        b'{"version": 1, "changes": [{"table": "apis", "key": "\\ud800", "noun": 1}]}',
    ],
)
def test_an_update_that_is_none_is_refused_in_one_way(text: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        read_update(text)
