"""List, show, create and delete products."""

from bramka.app.calling.entity import entity_group

command = entity_group(
    "products", "product", ("displayName", "state", "subscriptionRequired")
)
