"""Releases of revisions."""

from bramka.domain.traffic.release import Release
from bramka.store.change import QUIET
from bramka.store.collection import Collection

RELEASES = Collection(Release, "release", wire=QUIET, key=("owner", "id"))
