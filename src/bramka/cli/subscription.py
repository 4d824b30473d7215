"""List, show, create and delete subscriptions."""

from bramka.app.calling.entity import entity_group

command = entity_group(
    "subscriptions", "subscription", ("displayName", "state", "scope")
)
