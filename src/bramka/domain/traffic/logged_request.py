"""Single calls, as gateways note them for the report `byRequest`.

Neither query nor headers nor bodies are noted: they may hold what is secret.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

CacheUse = Literal["hit", "miss", "none"]


class LoggedRequest(Struct, rename="camel", kw_only=True, omit_defaults=True):
    """One call that is over; ids are "" for nobody, times whole microseconds."""

    request_id: Annotated[str, Meta(min_length=1, max_length=80)]
    timestamp: float
    """When it came in: seconds since 1970."""
    api: str = ""
    operation: str = ""
    product: str = ""
    subscription: str = ""
    user: str = ""
    method: str
    url: str
    """Host and path, without the query."""
    ip_address: str = ""
    """Only where a setting allows to keep it."""
    response_code: Annotated[int, Meta(ge=0)]
    backend_response_code: Annotated[int, Meta(ge=0)] = 0
    """0 when the backend did not answer."""
    request_size: Annotated[int, Meta(ge=0)] = 0
    response_size: Annotated[int, Meta(ge=0)] = 0
    cache: CacheUse = "none"
    api_micros: Annotated[int, Meta(ge=0)]
    service_micros: Annotated[int, Meta(ge=0)] = 0
