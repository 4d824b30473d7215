"""The service instance: who runs it, and the names under which tools find it."""

from typing import Annotated

from msgspec import Meta, Struct

NAME_PATTERN = r"^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$"
DEFAULT_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
DEFAULT_RESOURCE_GROUP = "bramka"

ServiceName = Annotated[str, Meta(min_length=1, max_length=50, pattern=NAME_PATTERN)]


class ServiceInstance(Struct, frozen=True, rename="camel", kw_only=True):
    """One instance: a management plane, its gateways and its portal."""

    name: ServiceName
    publisher_name: Annotated[str, Meta(min_length=1, max_length=100)]
    publisher_email: Annotated[
        str, Meta(min_length=3, max_length=100, pattern=r"^[^@\s]+@[^@\s]+$")
    ]
    notification_sender_email: Annotated[str, Meta(max_length=100)] | None = None
    location: str = "local"
    subscription_id: str = DEFAULT_SUBSCRIPTION
    """First part of the address in the management REST."""
    resource_group: Annotated[
        str, Meta(min_length=1, max_length=90, pattern=r"^[\w\-.()]+$")
    ] = DEFAULT_RESOURCE_GROUP
    tags: dict[str, str] = {}
    deleted_at: float | None = None
    """When somebody deleted it, in seconds since 1970; all is kept, nothing served."""
