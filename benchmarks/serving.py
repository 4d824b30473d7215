"""Synchronous calls on one core, beside other servers of models.

`python -m benchmarks.serving [--quick] [--environments FOLDER]` serves a logistic
regression on iris and feature hashing of a short text, one row a call over 32
connections, all contenders in turn in each round, and appends a line to
results/serving.jsonl. Rivals that need it run in an environment of their own, a folder
`litserve`, `bentoml` or `mlserver` in FOLDER, where `pip install litserve`,
`bentoml` or `mlserver mlserver-sklearn` was done, each with scikit-learn beside it.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contender import CannotRaceError, Launch
from benchmarks.machine import machine
from benchmarks.measure import CONNECTIONS, LoadError, read_load
from benchmarks.process import executable, free_port, running
from benchmarks.servers.serving_model import TASKS, iris_model
from benchmarks.serving_experiment import NAMES
from benchmarks.serving_ours import publish

RESULTS = Path(__file__).parent / "results" / "serving.jsonl"
ROOT = Path(__file__).parents[1]
SCRIPT = Path(__file__).parent / "post.lua"
READY_SECONDS = 40.0
AIM = 5.0
ROWS: dict[str, list[object]] = {
    "iris": [5.1, 3.5, 1.4, 0.2],
    "hashing": ["This is a good day"],
}


@dataclass(frozen=True)
class Served:
    """How a contender is started, called, and what its answer must hold."""

    launch: Launch
    path: str
    body: object
    authorization: str = ""


@dataclass
class Contender:
    """One server of models."""

    name: str
    serve: Callable[[str, Path, int], Served]
    rates: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    ours: bool = False


def main() -> int:
    """Race all that can; 0 unless ours failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--environments", type=Path, default=Path("bench-environments"))
    said = parser.parse_args()
    seconds, rounds = (2, 1) if said.quick else (10, 3)
    found: dict[str, object] = {}
    for task in TASKS:
        print(f"\n{task}: one row a call, {CONNECTIONS} connections, one core")
        found[task] = race(task, contenders(said.environments), seconds, rounds)
    if not said.quick:
        with RESULTS.open("a") as file:
            file.write(json.dumps({"machine": machine(), "tasks": found}) + "\n")
    return 0


def race(
    task: str, racing: list[Contender], seconds: int, rounds: int
) -> dict[str, object]:
    """The medians of each contender, or why it did not race."""
    out: dict[str, str] = {}
    for _ in range(rounds):
        for each in racing:
            if each.name in out:
                continue
            try:
                rate, slow = burst(task, each, seconds)
            except (CannotRaceError, LoadError, TimeoutError) as error:
                out[each.name] = str(error)
            else:
                each.rates.append(rate)
                each.slow.append(slow)
    rivals = [each for each in racing if not each.ours]
    best = max(
        (statistics.median(each.rates) for each in rivals if each.rates), default=0
    )
    told: dict[str, object] = {}
    for each in racing:
        if each.name in out:
            print(f"  {each.name:22} not in the race: {out[each.name]}")
            told[each.name] = out[each.name]
            continue
        rate, slow = statistics.median(each.rates), statistics.median(each.slow)
        print(f"  {each.name:22} {rate:9,.0f} requests/s   p99 {slow / 1000:8.2f} ms")
        told[each.name] = {"rate": rate, "p99": slow}
    for each in racing:
        if best and each.ours and each.rates:
            times = statistics.median(each.rates) / best
            print(f"  {each.name} / best of the others: {times:.1f} (aim {AIM:g})")
    return told


def burst(task: str, contender: Contender, seconds: int) -> tuple[float, float]:
    """Requests a second and the 99th percentile in µs, from a server started anew."""
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as place:
        folder, port = Path(place), free_port()
        served = contender.serve(task, folder, port)
        body = folder / "body.json"
        body.write_text(json.dumps(served.body))
        url = f"http://127.0.0.1:{port}{served.path}"
        with running(served.launch, folder / "log", cores[0]):
            wait(url, served, body)
            load(url, served, body, cores[-1], 1)
            return load(url, served, body, cores[-1], seconds)


def load(
    url: str, served: Served, body: Path, core: int, seconds: int
) -> tuple[float, float]:
    wrk = executable("wrk", "apt install wrk")
    timing = (f"-d{seconds}s", "--timeout", "30s")
    options = ("-t1", f"-c{CONNECTIONS}", *timing, "-s", str(SCRIPT), url)
    more = (served.authorization,) if served.authorization else ()
    command = ("taskset", "-c", str(core), wrk, *options, "--", str(body), *more)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LoadError(done.stderr.strip()[-300:])
    seen = read_load(done.stdout)
    if seen.refused or seen.broken or not seen.requests:
        raise LoadError(f"{seen.refused} refused, {seen.broken} broken requests")
    return seen.rate, seen.p99


def wait(url: str, served: Served, body: Path) -> None:
    """Until one call is answered well."""
    headers = {"Content-Type": "application/json"}
    if served.authorization:
        headers["Authorization"] = served.authorization
    deadline = time.monotonic() + READY_SECONDS
    while True:
        request = urllib.request.Request(url, body.read_bytes(), headers)
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(request, timeout=10) as answer,
        ):
            if answer.status == 200:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not answer within {READY_SECONDS:g} s")
        time.sleep(0.2)


def contenders(environments: Path) -> list[Contender]:
    """Ours first."""

    def python(name: str) -> str:
        found = environments.absolute() / name / "bin" / "python"
        if not found.exists():
            raise CannotRaceError(f"no environment {environments / name}")
        return str(found)

    def bento(task: str, _folder: Path, port: int) -> Served:
        name = "benchmarks.servers.serving_bentoml:Served"
        words = ("serve", name, "--port", str(port), "--host", "127.0.0.1")
        command = (python("bentoml"), "-m", "bentoml", *words)
        body = {"rows": [ROWS[task]]}
        return Served(Launch(command, environment(task)), "/predict", body)

    def lit(task: str, _folder: Path, port: int) -> Served:
        script = "benchmarks.servers.serving_litserve"
        command = (python("litserve"), "-m", script, str(port))
        body = {"rows": [ROWS[task]]}
        return Served(Launch(command, environment(task)), "/predict", body)

    def mls(task: str, folder: Path, port: int) -> Served:
        if task != "iris":
            raise CannotRaceError("its scikit-learn runtime takes estimators only")
        return mlserver(python("mlserver"), folder, port)

    return [
        Contender("Bramka", ours, ours=True),
        Contender("Bramka, an experiment", experiment, ours=True),
        Contender("FastAPI + scikit-learn", fastapi),
        Contender("MLServer", mls),
        Contender("BentoML", bento),
        Contender("LitServe", lit),
    ]


def environment(task: str) -> dict[str, str]:
    return {"TASK": task, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def ours(task: str, folder: Path, port: int) -> Served:
    data = folder / "data"
    path, key = publish(task, data)
    command = (
        *(sys.executable, "-m", "bramka", "services", "--data", str(data)),
        *("--services-port", str(port)),
    )
    kind = task.split(maxsplit=1)[0]
    names = NAMES if kind == "iris" else ["Col2"]
    table = {"ColumnNames": names, "Values": [ROWS[kind]]}
    paths = {"PYTHONPATH": str(ROOT / "src")}
    return Served(
        Launch(command, paths),
        f"{path}/execute?api-version=2.0&details=true",
        {"Inputs": {"input1": table}, "GlobalParameters": {}},
        f"Bearer {key}",
    )


def experiment(task: str, folder: Path, port: int) -> Served:
    """The same kind of model, trained in the studio; it echoes what it was given."""
    if task != "iris":
        raise CannotRaceError("ours is one already")
    return ours("iris experiment", folder, port)


def fastapi(task: str, _folder: Path, port: int) -> Served:
    command = (
        *(sys.executable, "-m", "uvicorn", "--factory", "--port", str(port)),
        *("--no-access-log", "--log-level", "warning"),
        "benchmarks.servers.serving_fastapi:application",
    )
    body = {"rows": [ROWS[task]]}
    return Served(Launch(command, environment(task)), "/predict", body)


def mlserver(python: str, folder: Path, port: int) -> Served:
    import joblib  # noqa: PLC0415 - of scikit-learn

    joblib.dump(iris_model(), folder / "model.joblib")
    model = {
        "name": "iris",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(folder / "model.joblib")},
    }
    (folder / "model-settings.json").write_text(json.dumps(model))
    ports = {"http_port": port, "grpc_port": free_port(), "metrics_port": free_port()}
    settings = {"host": "127.0.0.1", "parallel_workers": 0, **ports}
    (folder / "settings.json").write_text(json.dumps(settings))
    command = (str(Path(python).with_name("mlserver")), "start", str(folder))
    row = {"name": "x", "shape": [1, 4], "datatype": "FP64", "data": ROWS["iris"]}
    body = {"inputs": [row], "outputs": [{"name": "predict_proba"}]}
    return Served(Launch(command, {}), "/v2/models/iris/infer", body)


if __name__ == "__main__":
    sys.exit(main())
