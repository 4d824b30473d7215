"""Where callers are, from a table of networks."""

import pytest

from bramka.domain.errors import Invalid
from bramka.reports.places import place_finder

TABLE = [
    "network,country,region,zip",
    "10.0.0.0/8,PL,Mazowieckie,",
    "10.1.0.0/16,PL,Pomorskie,80-001",
    "2001:db8::/32,DE,A/B,",
]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.2.3.4", "PL/Mazowieckie/"),
        ("10.1.3.4", "PL/Pomorskie/80-001"),
        ("::ffff:10.1.3.4", "PL/Pomorskie/80-001"),
        ("2001:db8::1%eth0", "DE/A B/"),
        ("192.0.2.1", ""),
        ("", ""),
        ("/run/socket", ""),
    ],
)
def test_the_narrowest_network_counts(address: str, place: str) -> None:
    assert place_finder(TABLE, "places.csv")(address) == place


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "must begin with"),
        (["network,land", "10.0.0.0/8,PL"], "must begin with"),
        ([TABLE[0], "10.0.0.1/8,PL,,"], "places.csv, line 2"),
        ([TABLE[0], ",PL,,"], "places.csv, line 2"),
    ],
)
def test_what_is_no_such_table_is_refused(lines: list[str], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        place_finder(lines, "places.csv")
