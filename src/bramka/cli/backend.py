"""List, show, create and delete backends."""

from bramka.app.calling.entity import entity_group

command = entity_group("backends", "backend", ("url", "type", "title"))
