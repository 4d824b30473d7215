"""Backends as calls reach them: chosen from pools, guarded by breakers, introduced to.

A pool gives calls to its members of the first priority that breakers let through, by
weight. What came of a call is told to the breaker of the member it went to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import groupby

from bramka.domain.errors import Invalid, Unavailable
from bramka.domain.traffic.allowance import whole_seconds
from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.breaker import Breaker
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.dialling import Dialling
from bramka.domain.traffic.exchange import Headers, LastError, Response, Url
from bramka.domain.traffic.policy import Section
from bramka.gateway.access import JSON, gateway_body
from bramka.gateway.state import State
from bramka.gateway.target import Target
from bramka.wire.fields import Fields


class CircuitOpen(Unavailable):
    """No breaker lets a call through to the backend; answered with 503."""

    def __init__(self, backend: str, wait: float) -> None:
        super().__init__(
            f"the backend '{backend}' has failed too often", target=backend
        )
        self.wait = wait
        """Seconds until a call may be tried again."""


class Place:
    """One backend with an address."""

    def __init__(self, backend: Backend, target: Target, breaker: Breaker | None):
        self.id = backend.id
        self.target = target
        self.breaker = breaker
        self._credentials = backend.credentials

    def choose(self, now: float, _draw: float) -> "Place":
        """This one, if its breaker lets a call through."""
        wait = self.wait(now)
        if wait > 0.0:
            raise CircuitOpen(self.id, wait)
        if self.breaker is not None:
            self.breaker.pass_one(now)
        return self

    def wait(self, now: float) -> float:
        return 0.0 if self.breaker is None else self.breaker.wait(now)

    @property
    def introduces(self) -> bool:
        """Whether fields are added to the request."""
        given = self._credentials
        return given is not None and bool(given.header or given.authorization)

    def introduced(self, headers: Headers) -> Headers:
        """The fields with what the gateway proves itself by, instead of the caller's.

        A copy: policies have no business with it, nor has another member of a pool.
        """
        made, given = Headers(list(headers.raw)), self._credentials
        assert given is not None, "only asked for when there is something to add"
        for name, values in (given.header or {}).items():
            fields = [value.encode("latin-1", "replace") for value in values]
            made.set(name.encode("latin-1", "replace"), *fields)
        if given.authorization is not None:
            text = f"{given.authorization.scheme} {given.authorization.parameter}"
            made.set(b"Authorization", text.encode("latin-1", "replace"))
        return made

    def asked(self, query: str) -> str:
        """The query with what the gateway proves itself by."""
        given = self._credentials
        if given is None or not given.query:
            return query
        url = Url("http", "", None, "/", query)
        pairs = [pair for pair in url.pairs() if pair[0] not in given.query]
        pairs += [(name, one) for name, all_ in given.query.items() for one in all_]
        url.set_pairs(pairs)
        return url.query


class Pool:
    """Several backends behind one id."""

    def __init__(self, backend: Backend, members: Sequence["_Member"]) -> None:
        self.id = backend.id
        self._groups = [
            list(group)
            for _, group in groupby(
                sorted(members, key=lambda one: one.priority),
                key=lambda one: one.priority,
            )
        ]

    def choose(self, now: float, draw: float) -> Place:
        """A member of the first priority that lets calls through; `draw` in [0, 1)."""
        waits = []
        for group in self._groups:
            ready = [one for one in group if one.place.wait(now) == 0.0]
            if ready:
                return _by_weight(ready, draw).choose(now, draw)
            waits += [one.place.wait(now) for one in group]
        raise CircuitOpen(self.id, min(waits, default=1.0))


@dataclass(frozen=True, slots=True)
class _Member:
    """A place in a pool."""

    place: Place
    weight: int
    priority: int


def _by_weight(members: Sequence[_Member], draw: float) -> Place:
    total = sum(one.weight for one in members)
    if total == 0:
        return members[int(draw * len(members))].place
    point = draw * total
    for one in members:
        point -= one.weight
        if point < 0:
            return one.place
    return members[-1].place


Choice = Place | Pool


def make_backends(
    backends: Mapping[str, Backend],
    certificates: Mapping[str, Certificate],
    state: State,
) -> dict[str, Choice]:
    """Every backend that calls can be sent to, by its id."""
    places = {
        backend.id: Place(
            backend,
            Target.of(backend.url, dialling_of(backend, certificates)),
            _breaker(backend, state),
        )
        for backend in backends.values()
        if backend.url
    }
    pools = {
        backend.id: Pool(backend, list(_members(backend, places)))
        for backend in backends.values()
        if backend.pool is not None
    }
    return {**places, **pools}


def _members(backend: Backend, places: Mapping[str, Place]) -> Iterable[_Member]:
    assert backend.pool is not None, "only pools have members"
    for one in backend.pool.services:
        place = places.get(one.id)
        if place is not None:
            yield _Member(place, one.weight, one.priority)


def dialling_of(
    backend: Backend, certificates: Mapping[str, Certificate]
) -> Dialling | None:
    """How the backend is dialled; None where it is the usual way."""
    tls, credentials = backend.tls, backend.credentials
    ids = () if credentials is None else credentials.certificate_ids
    shown = next((certificates[one] for one in ids if one in certificates), None)
    chain = tls is None or tls.validate_certificate_chain
    name = tls is None or tls.validate_certificate_name
    if shown is None and backend.proxy is None and chain and name:
        return None
    return Dialling(
        certificate=shown, proxy=backend.proxy, verify_chain=chain, verify_name=name
    )


def _breaker(backend: Backend, state: State) -> Breaker | None:
    """The backend's breaker, which outlives plans as long as its rules stay."""
    settings = backend.circuit_breaker
    if settings is None or not settings.rules:
        return None
    held: dict[str, Breaker] = state.keep(("", "breakers"), dict)
    if backend.id not in held or held[backend.id].settings != settings:
        try:
            held[backend.id] = Breaker(settings)
        except ValueError as error:
            raise Invalid(
                f"The circuit breaker of backend '{backend.id}': {error}.",
                target="circuitBreaker",
            ) from None
    return held[backend.id]


def retry_after(fields: Fields, now: float) -> float | None:
    """The seconds in a Retry-After field, which may also name a moment."""
    for field in fields:
        if field.lower == b"retry-after":
            text = field.value.decode("latin-1").strip()
            if text.isdigit():
                return float(text[:9])
            try:
                return parsedate_to_datetime(text).timestamp() - now
            except (ValueError, OverflowError):
                return None
    return None


def circuit_open(error: CircuitOpen) -> Response:
    """A 503 for a backend that has failed too often to be asked now."""
    last = LastError("forward-request", "BackendCircuitOpen", error.message)
    last.section = Section.BACKEND
    wait = b"%d" % whole_seconds(error.wait)
    body = gateway_body(503, "The backend is not available now. Try again later.")
    headers = Headers([*JSON, (b"Retry-After", wait)])
    return Response(503, "Service Unavailable", headers, body, last)
