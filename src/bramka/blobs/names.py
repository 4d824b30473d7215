"""Names of containers and blobs, and what they may hold.

Names never become file names: the index keeps them, and content lies under random ones.
So only what XML or a careful client could not take is refused.
"""

import re

from bramka.blobs.fault import Fault

CONTAINER = re.compile(r"\$root|\$logs|\$web|(?=.{3,63}\Z)[a-z0-9](?:-?[a-z0-9])*")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST_BLOB_NAME = 1024


def check_container(name: str) -> None:
    """Refuse a container name that breaks Azure's rules."""
    if not CONTAINER.fullmatch(name):
        raise Fault(
            "InvalidResourceName",
            f"A container name is 3 to 63 of a-z, 0-9 and single dashes, not {name!r}.",
        )


def check_blob(name: str) -> None:
    """Refuse a blob name that is empty, too long, unprintable, or climbs folders."""
    if not name or len(name) > LONGEST_BLOB_NAME:
        raise Fault("OutOfRangeInput", "A blob name has 1 to 1,024 characters.")
    if UNPRINTABLE.search(name):
        raise Fault("InvalidResourceName", "A blob name holds no control characters.")
    if any(segment in {".", ".."} for segment in name.replace("\\", "/").split("/")):
        # A client that saves blobs under their names would write outside its folder.
        raise Fault("InvalidResourceName", "A blob name has no `.` or `..` segments.")
