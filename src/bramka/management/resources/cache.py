"""External caches."""

from bramka.domain.traffic.shared_cache import SharedCache, redis_url
from bramka.management.call import Call, Properties
from bramka.management.resource import Resource
from bramka.management.shape import Shape
from bramka.store import cache


class Caches(Resource[SharedCache]):
    """External caches, by the place they are used from."""

    segment = "caches"
    type = "caches"
    collection = cache.CACHES
    shape = Shape(
        noun=SharedCache,
        hidden=frozenset(("id",)),
        # It holds a password.
        secret=frozenset(("connectionString",)),
    )
    filtered = ("name",)

    def check(self, call: Call, given: Properties) -> Properties:
        if "connectionString" in given:
            redis_url(str(given["connectionString"]))
        return given
