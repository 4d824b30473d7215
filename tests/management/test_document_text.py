"""Documents in JSON or YAML, of people who mean well and of others."""

import pytest

from bramka.domain.errors import Invalid
from bramka.management.document_text import read_document


def test_yaml_has_numbers_dates_and_texts() -> None:
    text = "a: 1\nb: -2.5e+3\nc: 2026-01-02\nd: 0x1F\ne: .inf"
    assert read_document(text) == {
        "a": 1,
        "b": -2500.0,
        "c": "2026-01-02",
        "d": 31,
        "e": float("inf"),
    }


@pytest.mark.parametrize(
    "text", ["12:30:45", "9" * 5000, "1:" * 500_000 + "1", "0x_", "1:2.5", "0b_"]
)
def test_what_only_looks_like_a_number_stays_a_text(text: str) -> None:
    assert read_document(f"a: {text}") == {"a": text}


def test_aliases_are_refused_with_their_line() -> None:
    with pytest.raises(Invalid, match=r"line 2 uses the alias \*a"):
        read_document("a: &a [1]\nb: [*a, *a]")
