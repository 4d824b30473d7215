"""Links that work for a while: their time and their place cannot be changed."""

from urllib.parse import parse_qsl

import pytest

from bramka.domain.errors import Forbidden
from bramka.studio_rest.signature import LIFETIME, admit, credential

PEPPER, PLACE, NOW = b"p" * 32, "saved/one/data", 1_000.0


def query(now: float = NOW) -> dict[str, str]:
    return dict(parse_qsl(credential(PEPPER, PLACE, now).removeprefix("?")))


def test_a_link_works_for_a_day() -> None:
    admit(PEPPER, PLACE, query(), NOW + LIFETIME - 1)
    with pytest.raises(Forbidden, match="has expired"):
        admit(PEPPER, PLACE, query(), NOW + LIFETIME)


@pytest.mark.parametrize(
    "changes", [{"se": "99999999999"}, {"sig": "00"}, {"se": ""}, {"sig": "ä"}]
)
def test_a_link_that_was_changed_does_not(changes: dict[str, str]) -> None:
    with pytest.raises(Forbidden, match="not one that was given out"):
        admit(PEPPER, PLACE, query() | changes, NOW)


def test_a_link_opens_only_its_place() -> None:
    with pytest.raises(Forbidden):
        admit(PEPPER, "saved/two/data", query(), NOW)
    with pytest.raises(Forbidden):
        admit(b"q" * 32, PLACE, query(), NOW)
