"""Version sets: how callers name the version of an API."""

from bramka.domain.traffic.api import VersionSet
from bramka.store.collection import Collection

VERSION_SETS = Collection(VersionSet, "version_set", wire="versionSets")
