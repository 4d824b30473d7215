"""List, show, create and delete APIs."""

from bramka.app.calling.entity import entity_group

command = entity_group("apis", "API", ("displayName", "path", "serviceUrl"))
