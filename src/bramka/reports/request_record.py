"""The report of single calls, `byRequest`."""

from datetime import UTC, datetime

from msgspec import Struct

from bramka.domain.traffic.logged_request import LoggedRequest


class RequestRecord(
    Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True
):
    """One call, with the field names of the management REST; times in milliseconds."""

    api_id: str | None = None
    operation_id: str | None = None
    product_id: str | None = None
    user_id: str | None = None
    method: str
    url: str
    ip_address: str | None = None
    backend_response_code: str | None = None
    response_code: int
    response_size: int
    request_size: int
    timestamp: str
    cache: str
    api_time: float
    service_time: float
    api_region: str | None = None
    subscription_id: str | None = None
    request_id: str


def request_record(one: LoggedRequest, region: str) -> RequestRecord:
    """The record that tells of one call; `region` is where the instance is."""
    moment = datetime.fromtimestamp(one.timestamp, UTC)
    operation = f"/apis/{one.api}/operations/{one.operation}" if one.operation else None
    return RequestRecord(
        api_id=_path("apis", one.api),
        operation_id=operation,
        product_id=_path("products", one.product),
        user_id=_path("users", one.user),
        method=one.method,
        url=one.url,
        ip_address=one.ip_address or None,
        backend_response_code=str(one.backend_response_code or "") or None,
        response_code=one.response_code,
        response_size=one.response_size,
        request_size=one.request_size,
        timestamp=moment.isoformat().replace("+00:00", "Z"),
        cache=one.cache,
        api_time=one.api_micros / 1000,
        service_time=one.service_micros / 1000,
        api_region=region or None,
        subscription_id=_path("subscriptions", one.subscription),
        request_id=one.request_id,
    )


def _path(segment: str, name: str) -> str | None:
    return f"/{segment}/{name}" if name else None
