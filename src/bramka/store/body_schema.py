"""Schemas of bodies, in JSON Schema or XML Schema."""

from bramka.domain.traffic.schema import Schema
from bramka.store.collection import Collection

SCHEMAS = Collection(Schema, "schema", wire="schemas")
