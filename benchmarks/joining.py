"""Synchronous calls scored one by one, and joined: `python -m benchmarks.joining`.

One row a call over 32 connections, to a forest of 200 trees that is scored as ONNX and
to one behind a transformer that is scored by scikit-learn itself, both in a process of
their own. Each is called with batching off and on, in turn, in one services process;
a line goes to results/joining.jsonl unless --quick.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import polars as pl
from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.pipeline import make_pipeline

import bramka
from benchmarks.contender import Launch
from benchmarks.machine import machine
from benchmarks.process import free_port, running
from benchmarks.serving import Served, load, wait
from bramka.app.clock import SystemChance
from bramka.app.database import open_store
from bramka.app.publishing.from_python import Service
from bramka.app.settings import Settings
from bramka.domain.learning.endpoint import Batching
from bramka.store.endpoint import Change, change_endpoint
from bramka.store.transaction import Store
from bramka.store.workspace import create_workspace

RESULTS = Path(__file__).parent / "results" / "joining.jsonl"
ROOT = Path(__file__).parents[1]
NAMES = [f"x{n}" for n in range(8)]
SETTLED_SECONDS = 1.0


def main() -> int:
    """Race each model against itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round")
    said = parser.parse_args()
    seconds, rounds = (3, 1) if said.quick else (10, 3)
    with tempfile.TemporaryDirectory() as place:
        found = race(Path(place), seconds, rounds)
    if not said.quick:
        with RESULTS.open("a") as file:
            file.write(json.dumps({"machine": machine(), "models": found}) + "\n")
    return 0


def race(place: Path, seconds: int, rounds: int) -> dict[str, dict[str, float]]:
    """Requests a second of each model, off and on, as medians of the rounds."""
    rows, kinds = drawn()
    data = place / "data"
    data.mkdir(mode=0o700)
    store = open_store(Settings(data=data))
    with store.writing() as transaction:
        create_workspace(
            transaction, SystemChance(), friendly_name="Race", owner="race@example.com"
        )
    sample = place / "sample.csv"
    pl.DataFrame(rows[:20], schema=NAMES).write_csv(sample)
    services = {
        name: bramka.publish(model.fit(rows, kinds), name, data=data, sample=sample)
        for name, model in models().items()
    }
    body = place / "body.json"
    table = {"ColumnNames": NAMES, "Values": [rows[7].tolist()]}
    body.write_text(json.dumps({"Inputs": {"input1": table}}))
    port = free_port()
    words = ("services", "--data", str(data), "--services-port", str(port))
    launch = Launch(
        (sys.executable, "-m", "bramka", *words), {"PYTHONPATH": str(ROOT / "src")}
    )
    cores = sorted(os.sched_getaffinity(0))
    found: dict[str, dict[str, list[float]]] = {}
    with running(launch, place / "log", cores[0]):
        for _ in range(rounds):
            for name, service in services.items():
                rates = found.setdefault(name, {"Off": [], "On": []})
                for batching in ("Off", "On"):
                    put(store, service, batching)
                    rate = burst(launch, service, port, body, seconds)
                    rates[batching].append(rate)
    return {name: told(name, rates) for name, rates in found.items()}


def drawn() -> tuple[Any, Any]:
    """Rows of eight numbers, of three kinds."""
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(3000, len(NAMES)))
    kinds = (rows[:, 0] * rows[:, 1] + rows[:, 2] > 0.3).astype(int) + (rows[:, 3] > 1)
    return rows, kinds


def models() -> dict[str, Any]:
    """Models that gain from scoring rows together."""
    return {
        "forest as ONNX": RandomForestClassifier(200, random_state=1),
        "forest by scikit-learn": make_pipeline(
            Nystroem(n_components=20, random_state=0),
            RandomForestClassifier(200, max_depth=8, random_state=1),
        ),
    }


def put(store: Store, service: Service, batching: Batching) -> None:
    """Set an endpoint up; the services process looks five times a second."""
    endpoint = service.address.rpartition("/")[2]
    change = Change(batching=batching, max_concurrent_calls=200)
    with store.writing() as transaction:
        change_endpoint(transaction, endpoint, change)


def burst(
    launch: Launch, service: Service, port: int, body: Path, seconds: int
) -> float:
    path = urlsplit(service.address).path
    url = f"http://127.0.0.1:{port}{path}/execute?api-version=2.0&details=true"
    served = Served(launch, path, None, f"Bearer {service.key}")
    wait(url, served, body)
    core = max(os.sched_getaffinity(0))
    time.sleep(SETTLED_SECONDS)
    return load(url, served, body, core, seconds)[0]


def told(name: str, rates: dict[str, list[float]]) -> dict[str, float]:
    off, on = (statistics.median(rates[each]) for each in ("Off", "On"))
    print(f"  {name:24} {off:8,.0f} → {on:8,.0f} requests/s, × {on / off:.1f}")
    return {"off": off, "on": on}


if __name__ == "__main__":
    sys.exit(main())
