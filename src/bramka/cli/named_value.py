"""List, show, create and delete named values."""

from bramka.app.entity import entity_group

command = entity_group("namedValues", "named value", ("displayName", "secret", "value"))
