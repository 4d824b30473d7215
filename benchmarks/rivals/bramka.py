"""Ours: the gateway process alone, from the configuration that it keeps on disk.

It races as wheels hold it, its hot path compiled, and as plain Python beside that.
Console is away for the whole race, so usage records are summed up, written out and
spooled; `counted` reads them from there.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import hatch_compile
from msgspec import json

from benchmarks.contender import CannotRaceError, Contender, Lane, Launch
from benchmarks.course import PEPPER, Course
from benchmarks.process import free_port
from benchmarks.scenario import Feature
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import (
    Configuration,
    Instance,
    Update,
    write_update,
)
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import GLOBAL_DEFAULT, PolicyDocument
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.domain.traffic.usage import Batch

_EXTRA = """\
<policies>
  <inbound><base />{inbound}</inbound>
  <backend><base /></backend>
  <outbound><base />{outbound}</outbound>
  <on-error><base /></on-error>
</policies>
"""
_ROOT = Path(__file__).parents[2]
_POLICY = """\
<policies>
  <inbound>
    <rate-limit calls="{calls}" renewal-period="{period}" />
    <quota calls="{quota}" renewal-period="{quota_period}" />
    <base />
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"""


def _launch_compiled(lane: Lane) -> Launch:
    if not hatch_compile.can_compile():
        raise CannotRaceError("there is no C compiler, or no headers of Python")
    folder = _ROOT / "build" / "compiled"
    hatch_compile.compile_into(folder)
    return _launch(lane, folder)


def _launch_plain(lane: Lane) -> Launch:
    return _launch(lane, _ROOT / "src")


def _launch(lane: Lane, source: Path) -> Launch:
    kept = lane.folder / "data" / "gateway" / "configuration.json"
    kept.parent.mkdir(parents=True, mode=0o700)
    whole = _configuration(lane.course)
    kept.write_bytes(write_update(Update(version=whole.version, whole=whole)))
    secure = lane.course.scenario.secure
    port = "--gateway-tls-port" if secure else "--gateway-port"
    flags = ["--data", str(lane.folder / "data"), port, str(lane.port)]
    flags += ["--gateway-port", str(free_port())] if secure else []
    command = (sys.executable, "-m", "bramka", "gateway", *flags)
    paths = (str(source), os.environ.get("PYTHONPATH", ""))
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        # Nobody listens on port 9.
        "BRAMKA_CONSOLE_URL": "http://127.0.0.1:9",
        "BRAMKA_LOG_LEVEL": "error",
    }
    if secure:
        certificate, key = map(str, lane.course.certificate())
        table = {"hosts": ["localhost"], "certificate": certificate, "key": key}
        environment["BRAMKA_TLS"] = json.encode([table]).decode()
    return Launch(command, environment)


def _configuration(course: Course) -> Configuration:
    base, _, operation = course.scenario.path.lstrip("/").partition("/")
    limits = _limits(course)
    products = {
        name: Product(id=name, display_name=name, state="published", apis=("bench",))
        for name in limits
    }
    policies = {
        f"products/{name}": PolicyDocument(scope=f"products/{name}", text=text)
        for name, text in limits.items()
    }
    policies[""] = PolicyDocument(scope="", text=GLOBAL_DEFAULT)
    policies["apis/bench"] = PolicyDocument(scope="apis/bench", text=_extra(course))
    api = Api(
        id="bench",
        display_name="Bench",
        path=base,
        service_url=f"http://127.0.0.1:{course.upstream_port}",
        protocols=(course.scenario.scheme,),
    )
    places = [operation]
    if course.scenario.operations > 1:
        places += [f"{operation}{n}" for n in range(course.scenario.operations)]
    operations = {
        f"bench/{place}": Operation(
            id=place,
            api_id="bench",
            display_name="Score",
            method="GET",
            url_template=f"/{place}",
        )
        for place in places
    }
    return Configuration(
        version=1,
        instance=Instance(name="race", pepper=PEPPER.encode()),
        apis={"bench": api},
        operations=operations,
        products=products,
        policies=policies,
        subscriptions={each.id: each for each in _subscriptions(course)},
    )


def _extra(course: Course) -> str:
    """What the row asks for besides."""
    scenario = course.scenario
    inbound = scenario.inbound
    if scenario.feature == "jwt":
        told = course.signer.as_dict(private=False)
        inbound = inbound.format(modulus=told["n"], exponent=told["e"])
    return _EXTRA.format(inbound=inbound, outbound=scenario.outbound)


def _limits(course: Course) -> dict[str, str]:
    """The policy of each product: for the load, and for the two probing keys."""
    ours = course.scenario
    period, quota_period, few = ours.period, ours.quota_period, ours.probe_calls

    def policy(calls: int, quota: int) -> str:
        return _POLICY.format(
            calls=calls, period=period, quota=quota, quota_period=quota_period
        )

    return {
        "race": policy(ours.calls, ours.quota),
        "limited": policy(few, ours.quota),
        "spent": policy(ours.calls, few),
    }


def _subscriptions(course: Course) -> list[Subscription]:
    keys = [(f"caller{n}", key, "race") for n, key in enumerate(course.keys)]
    keys.append(("limited", course.limited_key, "limited"))
    keys.append(("spent", course.spent_key, "spent"))
    return [
        Subscription(
            id=name,
            scope=f"/products/{product}",
            primary_digest=key_digest(key.encode(), PEPPER.encode()),
        )
        for name, key, product in keys
    ]


def _counted(lane: Lane) -> int:
    """The calls in the batches that wait for console."""
    batches = (lane.folder / "data").rglob("spool/*.json")
    rows = (json.decode(path.read_bytes(), type=Batch).rows for path in batches)
    return sum(row.calls for batch in rows for row in batch)


BRAMKA = Contender(
    name="Bramka",
    does="key, limit, quota, usage",
    launch=_launch_compiled,
    claims=frozenset({"key", "limit", "quota", "usage"}),
    features=frozenset(get_args(Feature)),
    ours=True,
    counted=_counted,
)
PLAIN = replace(BRAMKA, name="Bramka plain", launch=_launch_plain)
