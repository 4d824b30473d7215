"""What a gateway tells those who watch it, in the text format that Prometheus reads.

It has a port of its own, so calls know nothing of it. Who holds the token may read;
when there is no token, whoever calls from this machine.
"""

import resource
from collections.abc import Mapping

import msgspec

from bramka.domain.traffic.metric import Metrics, escaped
from bramka.domain.traffic.usage import Histogram, value_of
from bramka.gateway.backends import Place
from bramka.gateway.counting import Totals
from bramka.gateway.descriptors import open_files
from bramka.gateway.gateway import Gateway
from bramka.gateway.health import troubles
from bramka.wire.connection import Limits
from bramka.wire.message import Answer, Request
from bramka.wire.server import Server, plain_refusal, whole_server
from bramka.wire.watching import TYPE, may_read

PATH, HEALTH = "/metrics", "/health"
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
"""Seconds at which calls are told apart."""
LIMITS = Limits(head_bytes=16 * 1024, body_bytes=1024)


def metrics_server(gateway: Gateway, token: str = "") -> Server:
    """A server of the metrics of `gateway`; it is not listening yet."""

    def answer(request: Request) -> Answer:
        if request.path not in (PATH, HEALTH) or request.method not in ("GET", "HEAD"):
            return plain_refusal(404, f"There are only GET {PATH} and {HEALTH} here.")
        if not may_read(request, token):
            return plain_refusal(403, "Metrics are for holders of the token only.")
        if request.path == HEALTH:
            return _health(gateway)
        return Answer(200, exposition(gateway).encode(), [(b"Content-Type", TYPE)])

    return whole_server(answer, clock=gateway.engine.clock, limits=LIMITS)


def exposition(gateway: Gateway) -> str:
    """All there is to tell."""
    engine, totals = gateway.engine, gateway.journal.totals
    plan, traces = engine.plan, engine.traces
    lines = [
        *_calls(totals),
        *_apis(gateway.journal.by_api),
        *_gauge("in_flight_calls", engine.in_flight),
        *_gauge("open_connections", gateway.connections),
        *_gauge("open_tunnels", engine.tunnels),
        *_gauge("configuration_version", 0 if plan is None else plan.version),
        *_gauge("usage_batches_spooled", gateway.journal.spooled()),
        *_gauge("traces_waiting", len(traces.waiting)),
        *_circuits(gateway),
        *_ailments(gateway),
    ]
    metrics: Metrics = gateway.workshop.state.keep(("", "metrics"), Metrics)
    return "\n".join(lines) + "\n" + metrics.exposition()


def _health(gateway: Gateway) -> Answer:
    """What ails it, in words; it is 200 as long as calls are served."""
    plan, found = gateway.engine.plan, troubles(gateway)
    told = {"version": 0 if plan is None else plan.version, "troubles": found}
    status = 503 if plan is None else 200
    headers = [(b"Content-Type", b"application/json"), (b"Cache-Control", b"no-store")]
    return Answer(status, msgspec.json.encode(told), headers)


def _ailments(gateway: Gateway) -> list[str]:
    """What a gateway bears in silence: files, console and the store of limits."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    files, store = open_files(), gateway.workshop.store
    return [
        *([] if files is None else _gauge("open_files", files)),
        *_gauge("most_open_files", most),
        *_gauge("files_spent", int(gateway.descriptors.are_spent)),
        *_gauge("console_away_seconds", int(gateway.console.seconds_away)),
        *([] if store is None else _gauge("limit_store_away", int(store.is_away))),
    ]


def _gauge(name: str, value: int) -> list[str]:
    return [f"# TYPE bramka_{name} gauge", f"bramka_{name} {value}"]


def _calls(totals: Totals) -> list[str]:
    lines = ["# TYPE bramka_calls_total counter"]
    lines += [
        f'bramka_calls_total{{code="{name}"}} {calls}'
        for name, calls in totals.classes.items()
    ]
    lines += [
        "# TYPE bramka_body_bytes_total counter",
        f"bramka_body_bytes_total {totals.size}",
        "# TYPE bramka_call_seconds histogram",
    ]
    for bound in BOUNDS:
        below = _within(totals.buckets, bound)
        lines.append(f'bramka_call_seconds_bucket{{le="{bound}"}} {below}')
    return [
        *lines,
        f'bramka_call_seconds_bucket{{le="+Inf"}} {totals.calls}',
        f"bramka_call_seconds_sum {totals.micros / 1e6!r}",
        f"bramka_call_seconds_count {totals.calls}",
    ]


def _apis(by_api: Mapping[str, Totals]) -> list[str]:
    """Calls of the APIs whose diagnostics ask for metrics."""
    if not by_api:
        return []
    calls, sizes, seconds = [], [], []
    for api, totals in sorted(by_api.items()):
        label = f'api="{escaped(api)}"'
        calls += [
            f'bramka_api_calls_total{{{label},code="{name}"}} {count}'
            for name, count in totals.classes.items()
        ]
        sizes.append(f"bramka_api_body_bytes_total{{{label}}} {totals.size}")
        seconds += [
            f"bramka_api_call_seconds_sum{{{label}}} {totals.micros / 1e6!r}",
            f"bramka_api_call_seconds_count{{{label}}} {totals.calls}",
        ]
    return [
        "# TYPE bramka_api_calls_total counter",
        *calls,
        "# TYPE bramka_api_body_bytes_total counter",
        *sizes,
        "# TYPE bramka_api_call_seconds summary",
        *seconds,
    ]


def _within(buckets: Histogram, seconds: float) -> int:
    micros = seconds * 1e6
    return sum(calls for one, calls in buckets.items() if value_of(one) <= micros)


def _circuits(gateway: Gateway) -> list[str]:
    plan, now = gateway.engine.plan, gateway.engine.monotonic()
    if plan is None:
        return []
    guarded = [
        place
        for place in plan.backends.values()
        if isinstance(place, Place) and place.breaker is not None
    ]
    if not guarded:
        return []
    return [
        "# TYPE bramka_circuit_open gauge",
        *(
            f'bramka_circuit_open{{backend="{one.id}"}} {int(one.wait(now) > 0.0)}'
            for one in guarded
        ),
    ]
