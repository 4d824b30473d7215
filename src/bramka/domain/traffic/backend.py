"""A backend: a named place the gateway forwards to."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class PoolMember(Struct, frozen=True, rename="camel", kw_only=True):
    """One backend in a pool; of the lowest priority alive, weight shares the calls."""

    id: str
    weight: Annotated[int, Meta(ge=0, le=100)] = 1
    priority: Annotated[int, Meta(ge=0, le=100)] = 1


class BackendPool(Struct, frozen=True, rename="camel", kw_only=True):
    """The members of a pool backend."""

    services: tuple[PoolMember, ...] = ()


class StatusRange(Struct, frozen=True, rename="camel", kw_only=True):
    """Response codes that count as failures, both ends included."""

    min: Annotated[int, Meta(ge=200, le=599)]
    max: Annotated[int, Meta(ge=200, le=599)]


class FailureCondition(Struct, frozen=True, rename="camel", kw_only=True):
    """When the breaker trips: so many failures (or per cent) within an interval."""

    interval: str
    """ISO 8601 duration, such as PT1M."""
    count: Annotated[int, Meta(ge=1)] | None = None
    percentage: Annotated[int, Meta(ge=1, le=100)] | None = None
    status_code_ranges: tuple[StatusRange, ...] = ()
    error_reasons: tuple[str, ...] = ()


class BreakerRule(Struct, frozen=True, rename="camel", kw_only=True):
    """One rule of a circuit breaker."""

    name: str
    failure_condition: FailureCondition
    trip_duration: str
    """ISO 8601 duration."""
    accept_retry_after: bool = False


class CircuitBreaker(Struct, frozen=True, rename="camel", kw_only=True):
    """The breaker of a backend."""

    rules: tuple[BreakerRule, ...] = ()


class Authorization(Struct, frozen=True, rename="camel", kw_only=True):
    """An Authorization header sent to the backend."""

    scheme: Annotated[str, Meta(max_length=100)]
    parameter: Annotated[str, Meta(max_length=300)]


class Credentials(Struct, frozen=True, rename="camel", kw_only=True):
    """What the gateway adds to prove itself to the backend."""

    certificate_ids: tuple[str, ...] = ()
    query: dict[str, tuple[str, ...]] | None = None
    header: dict[str, tuple[str, ...]] | None = None
    authorization: Authorization | None = None


class Tls(Struct, frozen=True, rename="camel", kw_only=True):
    """How strictly the backend's certificate is checked."""

    validate_certificate_chain: bool = True
    validate_certificate_name: bool = True


class ForwardProxy(Struct, frozen=True, rename="camel", kw_only=True):
    """A proxy between the gateway and the backend."""

    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    username: str | None = None
    password: str | None = None


class Backend(Struct, frozen=True, rename="camel", kw_only=True):
    """One backend, or a pool of backends."""

    id: str
    url: Annotated[str, Meta(max_length=2000)] = ""
    type: Literal["Single", "Pool"] = "Single"
    protocol: Literal["http", "soap"] = "http"
    title: Annotated[str, Meta(max_length=300)] | None = None
    description: Annotated[str, Meta(max_length=2000)] | None = None
    resource_id: Annotated[str, Meta(max_length=2000)] | None = None
    credentials: Credentials | None = None
    proxy: ForwardProxy | None = None
    tls: Tls | None = None
    circuit_breaker: CircuitBreaker | None = None
    pool: BackendPool | None = None
    reconnect_at: float | None = None
    """From when on it is reached over new connections; seconds since 1970 UTC."""
