"""List, show, create and delete named values."""

from bramka.app.calling.entity import entity_group

command = entity_group("namedValues", "named value", ("displayName", "secret", "value"))
