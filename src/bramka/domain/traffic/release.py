"""A release: the moment at which a revision of an API became the current one."""

from msgspec import Struct


class Release(Struct, frozen=True, rename="camel", kw_only=True):
    """One entry of an API's change log."""

    owner: str
    """Id of the API, without a revision."""
    id: str
    api_id: str
    """The revision that was released: `echo;rev=2`."""
    notes: str | None = None
    created_date_time: float | None = None
    """Seconds since 1970 UTC."""
    updated_date_time: float | None = None
