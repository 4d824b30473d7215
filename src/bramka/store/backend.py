"""Backends; what they prove themselves with is encrypted."""

from bramka.domain.traffic.backend import Backend
from bramka.store.collection import Collection

BACKENDS = Collection(
    Backend, "backend", wire="backends", sealed=("credentials", "proxy")
)
