"""Schemas of bodies, in JSON Schema or XML Schema: the instance's and the APIs'."""

from bramka.domain.traffic.schema import ApiSchema, Schema
from bramka.store.collection import Collection

SCHEMAS = Collection(Schema, "schema", wire="schemas")
API_SCHEMAS = Collection(
    ApiSchema, "api_schema", wire="apiSchemas", key=("api_id", "id")
)
