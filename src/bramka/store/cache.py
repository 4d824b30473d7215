"""External caches; their addresses hold passwords and are encrypted."""

from bramka.domain.traffic.shared_cache import SharedCache
from bramka.store.change import QUIET
from bramka.store.collection import Collection

CACHES = Collection(SharedCache, "cache", wire=QUIET, sealed=("connection_string",))
