"""Measuring: one burst of load with its CPU, one paced run, and what rounds say."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec import json as msgjson

from benchmarks.process import cpu_seconds, executable

CONNECTIONS = 32
_SCRIPT = Path(__file__).parent / "load.lua"
_ROOT = Path(__file__).parents[1]


class Load(Struct, frozen=True):
    """What wrk saw in one burst; latencies in µs."""

    requests: int
    microseconds: int
    refused: int
    broken: int
    p50: int
    p99: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.microseconds * 1e6


class Burst(Struct, frozen=True):
    """One burst at full load: requests, requests/s and CPU µs per request."""

    requests: int
    rate: float
    cpu: float
    busy: float
    """Share of its core that the contender used."""


class Latency(Struct, frozen=True):
    """One paced run: latencies in µs from the moment a request was due."""

    rate: float
    p50: float
    p99: float


class LoadError(Exception):
    """A burst that measured something other than answered requests."""


def burst(pid: int, url: str, keys: Path, core: int, seconds: int) -> Burst:
    """Full load on `url` for `seconds`, with the CPU that tree `pid` spent on it."""
    before = sum(cpu_seconds(pid))
    output = _output(load_command(url, keys, core, seconds))
    spent = sum(cpu_seconds(pid)) - before
    load = read_load(output)
    if load.refused or load.broken:
        raise LoadError(f"{load.refused} refused, {load.broken} broken requests")
    return Burst(
        requests=load.requests,
        rate=load.rate,
        cpu=spent / load.requests * 1e6,
        busy=spent / load.microseconds * 1e6,
    )


def load_command(url: str, keys: Path, core: int, seconds: int) -> tuple[str, ...]:
    """The command of a full load on `url`; `read_load` reads what it prints."""
    wrk = executable("wrk", "apt install wrk")
    options = ("-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(_SCRIPT), url)
    return ("taskset", "-c", str(core), wrk, *options, "--", str(keys))


def paced(
    place: str, keys: Path, body: Path, core: int, rate: float, seconds: int
) -> Latency:
    """Latencies at a constant `rate`, kept up whether or not answers come."""
    arguments = (place, str(keys), str(body), f"{rate:.0f}", str(seconds))
    pacer = (sys.executable, "-m", "benchmarks.pace", *arguments)
    result = json.loads(_output(("taskset", "-c", str(core), *pacer)))
    if result["wrong"]:
        raise LoadError(f"{result['wrong']} answers were not 200 with the right body")
    return Latency(rate=rate, p50=result["p50"] * 1e6, p99=result["p99"] * 1e6)


def _output(command: tuple[str, ...]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=_ROOT
    )
    if done.returncode:
        raise LoadError(f"{command[3]} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def read_load(output: str) -> Load:
    """The result line that load.lua has wrk print."""
    for line in output.splitlines():
        if line.startswith("result "):
            return msgjson.decode(line.removeprefix("result "), type=Load)
    raise LoadError(f"wrk printed no result: {output.strip()[-300:]!r}")


def median_ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """The median over rounds of ours ÷ theirs in the same round.

    Neighbours on a machine slow both contenders of a round, so a ratio per round is
    steadier than a ratio of medians.
    """
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
