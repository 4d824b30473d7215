"""External caches; their addresses hold passwords and are encrypted."""

from bramka.domain.traffic.shared_cache import SharedCache
from bramka.store.collection import Collection

CACHES = Collection(SharedCache, "cache", wire="caches", sealed=("connection_string",))
