"""Ranges and conditions: what a request asks for, decided without a store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.blobs.conditions import (
    Conditions,
    Standing,
    check_reading,
    check_writing,
    parse_conditions,
)
from bramka.blobs.fault import Fault
from bramka.blobs.ranges import Span, parse_range

OLD = Standing("0xA", 1000.5)


@given(st.integers(0, 50), st.integers(0, 60), st.integers(0, 60))
def test_a_range_cuts_what_a_slice_would(size: int, start: int, last: int) -> None:
    headers = {"range": f"bytes={start}-{last}"}
    if last < start:
        assert parse_range(headers, size) == Span(0, size, partial=False)
    elif start >= size:
        with pytest.raises(Fault, match="has"):
            parse_range(headers, size)
    else:
        span = parse_range(headers, size)
        content = bytes(range(size))
        assert content[span.start : span.end] == content[start : last + 1]
        assert span.partial


@pytest.mark.parametrize("text", ["", "bytes=a-b", "lines=0-1", "bytes=0-1,3-4"])
def test_a_range_of_an_unknown_form_is_ignored(text: str) -> None:
    assert parse_range({"range": text}, 10) == Span(0, 10, partial=False)


def test_the_own_range_field_goes_first() -> None:
    headers = {"range": "bytes=0-1", "x-ms-range": "bytes=4-"}
    assert parse_range(headers, 10) == Span(4, 10, partial=True)


def code_of(conditions: Conditions, standing: Standing | None, *, reads: bool) -> str:
    try:
        if reads and standing is not None:
            check_reading(conditions, standing)
        else:
            check_writing(conditions, standing)
    except Fault as fault:
        return fault.code
    return ""


@pytest.mark.parametrize(
    ("conditions", "standing", "reads", "code"),
    [
        (Conditions(match='"0xA"'), OLD, True, ""),
        (Conditions(match='"0xB"'), OLD, True, "ConditionNotMet"),
        (Conditions(match='"0xB", "0xA"'), OLD, False, ""),
        (Conditions(match="*"), None, False, "ConditionNotMet"),
        (Conditions(none_match='"0xA"'), OLD, True, "NotModified"),
        (Conditions(none_match='"0xA"'), OLD, False, "ConditionNotMet"),
        (Conditions(none_match="*"), OLD, False, "BlobAlreadyExists"),
        (Conditions(none_match="*"), None, False, ""),
        (Conditions(modified_since=1000), OLD, True, "NotModified"),
        (Conditions(modified_since=999), OLD, True, ""),
        (Conditions(unmodified_since=1000), OLD, False, ""),
        (Conditions(unmodified_since=999), OLD, False, "ConditionNotMet"),
    ],
)
def test_a_condition_decides_reading_and_writing(
    conditions: Conditions, standing: Standing | None, reads: bool, code: str
) -> None:
    assert code_of(conditions, standing, reads=reads) == code


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(Fault, match="not an HTTP date"):
        parse_conditions({"if-modified-since": "yesterday"})
