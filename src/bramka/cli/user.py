"""List, show, create and delete users."""

from bramka.app.entity import entity_group

command = entity_group("users", "user", ("email", "firstName", "lastName", "state"))
