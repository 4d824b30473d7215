"""Listings: every page size and delimiter gives what a plain sort would."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bramka.blobs.call import Place
from bramka.blobs.containers import create_container
from bramka.blobs.contents import Draft, put_piece
from bramka.blobs.depot import Depot
from bramka.blobs.listing import BATCH, list_blobs
from bramka.blobs.rows import Properties
from bramka.testing import FakeChance, FakeClock

PLACE = Place("account", "cont")
NAMES = st.sets(st.text("ab/-\U0001f600", min_size=1, max_size=6), max_size=12)


def filled(folder: Path, names: set[str]) -> Depot:
    depot = Depot(folder, FakeClock(), FakeChance())
    create_container(depot, PLACE, {})
    for name in names:
        place = Place("account", "cont", name)
        put_piece(depot, place, None, Draft(Properties(), {}), lambda _old: None)
    return depot


def walked(depot: Depot, prefix: str, delimiter: str, limit: int) -> list[str]:
    """All entries, page by page, each page in order."""
    entries: list[str] = []
    start, more = "", True
    while more:
        with depot.reading() as connection:
            page = list_blobs(
                connection,
                PLACE,
                prefix=prefix,
                delimiter=delimiter,
                start=start,
                limit=limit,
            )
        found = sorted([blob.name for blob in page.blobs] + page.prefixes)
        assert len(found) <= limit
        entries += found
        start, more = page.next_name, bool(page.next_name)
    return entries


def expected(names: set[str], prefix: str, delimiter: str) -> list[str]:
    entries = set()
    for name in names:
        if name.startswith(prefix):
            end = name.find(delimiter, len(prefix)) if delimiter else -1
            entries.add(name[: end + 1] if end >= 0 else name)
    return sorted(entries)


@settings(max_examples=40, deadline=None)
@given(NAMES, st.text("ab/", max_size=2), st.sampled_from(["", "/"]), st.integers(1, 4))
def test_pages_joined_are_the_whole_listing(
    names: set[str], prefix: str, delimiter: str, limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        depot = filled(Path(folder), names)
        found = walked(depot, prefix, delimiter, limit)
        depot.close()
    # A name and a folder of the same spelling are two entries: `a/` and `a/…`.
    assert list(dict.fromkeys(found)) == expected(names, prefix, delimiter)


def test_a_folder_larger_than_a_batch_is_one_entry(tmp_path: Path) -> None:
    depot = filled(tmp_path, {f"a/{number}" for number in range(BATCH + 5)} | {"b"})
    assert walked(depot, "", "/", 10) == ["a/", "b"]
    assert len(walked(depot, "a/", "", 300)) == BATCH + 5
    depot.close()
