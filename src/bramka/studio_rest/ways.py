"""All ways of the Studio REST."""

from bramka.studio_rest import saved, upload
from bramka.studio_rest.router import Way


def all_ways() -> tuple[Way, ...]:
    """Every way, those of one file behind each other."""
    return (*upload.WAYS, *saved.WAYS)
