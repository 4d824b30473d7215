"""Files that people upload as inputs of batch jobs: where they lie, how long."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from bramka.domain.blob import BlobLocator, BlobReference
from bramka.domain.errors import Invalid
from bramka.domain.learning.file_format import EXTENSIONS

CONTAINER = "experimentoutput"
"""The container that every installation has."""
FOLDER = "uploads"
CONNECTION = "UseDevelopmentStorage=true"
"""The embedded endpoint, wherever it listens when the job runs."""
DAY_SECONDS = 86400.0
KEPT_DAYS = 7.0
LONGEST_NAME = 100


def place_for(filename: str, now: float, secret: str) -> BlobReference:
    """Where a file goes; nobody guesses its address, for `secret` is in it."""
    endings = [one for one in EXTENSIONS if filename.lower().endswith(one)]
    if not endings:
        raise Invalid(
            f"'{filename[:80]}' is not named {', '.join(EXTENSIONS)}; batch jobs read "
            "these only.",
            target="filename",
        )
    # The longest one counts: `.nh.csv` means something else than `.csv`.
    ending = max(endings, key=len)
    base = re.sub(r"[^A-Za-z0-9_-]+", "-", filename[: -len(ending)]).strip("-")
    name = f"{base[:LONGEST_NAME] or 'input'}{ending}"
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    return BlobReference(
        connection_string=CONNECTION,
        relative_location=f"{CONTAINER}/{FOLDER}/{day}/{secret}/{name}",
    )


def forget_uploads(locator: BlobLocator, now: float) -> int:
    """Delete what was uploaded too long ago; how many files."""
    root = BlobReference(
        connection_string=CONNECTION, relative_location=f"{CONTAINER}/{FOLDER}/"
    )
    store, _ = locator.find(root)
    oldest = (
        datetime.fromtimestamp(now - KEPT_DAYS * DAY_SECONDS, UTC).date().isoformat()
    )
    gone = 0
    for name in list(_older(store.names(f"{FOLDER}/"), oldest)):
        store.delete(name)
        gone += 1
    return gone


def _older(names: Iterator[str], oldest: str) -> Iterator[str]:
    """Names are in order, so the first day that is kept ends the search."""
    for name in names:
        day = name.removeprefix(f"{FOLDER}/").partition("/")[0]
        if day >= oldest:
            return
        yield name
