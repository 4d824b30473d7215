"""Ours in the batch race: a blob endpoint, a worker, a published model."""

import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from benchmarks.batch_task import BITS, skops_model, training
from benchmarks.contender import Launch
from benchmarks.process import free_port, running
from bramka.app.blobs import ACCOUNT
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.database import open_store
from bramka.app.keeping.secrets import open_secrets
from bramka.app.reading_settings import read_settings
from bramka.app.shared import new_scorer, open_packages
from bramka.catalogue import shelf
from bramka.domain.blob import BlobReference
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
    OutputPort,
    WebService,
    WebServicePort,
    port_id,
)
from bramka.domain.learning.job import JobSpec
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value, table_on
from bramka.store.job import Jobs
from bramka.studio.model_package import Offer, prepare_model
from bramka.studio.package import prepare
from bramka.studio.run import run

HASHING = {
    "Target column(s)": ColumnSelector.of_names("text").stored(),
    "Hashing bitsize": str(BITS),
    "N-grams": "2",
}
SCORE = {"Append score columns to output": "False"}
LOOK_SECONDS = 0.1
READY_SECONDS = 2.0


def _trained() -> tuple[Value, Table]:
    """A logistic regression over hashed texts, trained with the modules."""
    modules = shelf()
    texts, labels = training()
    table = Table.of(pl.DataFrame({"id": range(len(texts)), "text": texts}))
    hashing = modules.find("Feature Hashing")
    hashed = table_on(
        hashing.apply({"Dataset": table}, hashing.settle(HASHING)),
        "Transformed dataset",
    )
    features = hashed.select([n for n in hashed.names if n not in ("id", "text")])
    labelled = features.append(Table.of(pl.DataFrame({"label": labels})))
    learner = modules.find("Two-Class Logistic Regression")
    train = modules.find("Train Model")
    untrained = learner.apply({}, learner.settle({}))["Untrained model"]
    settings = train.settle({"Label column": ColumnSelector.of_names("label").stored()})
    inputs = {"Untrained model": untrained, "Dataset": labelled}
    return train.apply(inputs, settings)["Trained model"], table.slice(0, 10)


def _experiment() -> Experiment:
    modules = shelf()
    place, counts = port_id("1", "Dataset"), port_id("1", "Transformed dataset")
    hashing = Node(
        id="1",
        module_id=modules.module_id("Feature Hashing"),
        module_parameters=_parameters(HASHING),
        input_ports_internal=(
            InputPort(name="Dataset", node_id="1", data_source_id="rows"),
        ),
        output_ports_internal=(OutputPort(name="Transformed dataset", node_id="1"),),
    )
    score = Node(
        id="2",
        module_id=modules.module_id("Score Model"),
        module_parameters=_parameters(SCORE),
        input_ports_internal=(
            InputPort(name="Trained model", node_id="2", trained_model_id="model"),
            InputPort(name="Dataset", node_id="2"),
        ),
        output_ports_internal=(OutputPort(name="Scored dataset", node_id="2"),),
    )
    edge = Edge(
        source_output_port_id=counts,
        destination_input_port_id=port_id("2", "Dataset"),
    )
    scored = port_id("2", "Scored dataset")
    return Experiment(
        description="Race",
        graph=Graph(module_nodes=(hashing, score), edges_internal=(edge,)),
        web_service=WebService(
            is_web_service_experiment=True,
            inputs=(WebServicePort(id="i", port_id=place, name="input1"),),
            outputs=(WebServicePort(id="o", port_id=scored, name="output1"),),
        ),
    )


def _parameters(values: dict[str, str]) -> tuple[ModuleParameter, ...]:
    return tuple(ModuleParameter(name=key, value=each) for key, each in values.items())


class Ours:
    """Worker and blob endpoint over a folder; a job is a row in its queue."""

    def __init__(self, data: Path, task: str) -> None:
        port = free_port()
        flags = {"data": str(data), "blobs_port": port, "worker_processes": 2}
        self.settings = read_settings(flags, {})
        secrets = open_secrets(data)
        self.store = open_store(self.settings, secrets)
        url = f"http://127.0.0.1:{port}/{ACCOUNT}"
        self.connection = (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};"
            f"AccountKey={secrets.blob_account_key};BlobEndpoint={url};"
        )
        publish = self._publish_model if task == "pipeline" else self._publish
        self.package = publish()
        self.pids: list[int] = []
        self._stack = ExitStack()

    def _publish(self) -> str:
        model, rows = _trained()
        experiment, modules = _experiment(), shelf()
        done = run(experiment, modules, {"rows": rows, "model": model})
        package = prepare(experiment, done, modules)
        return open_packages(self.settings).keep(package)

    def _publish_model(self) -> str:
        """As `bramka publish` does with the pipeline of the rivals in a .skops file."""
        texts, _ = training()
        sample = Table.of(pl.DataFrame({"id": range(5), "text": texts[:5]}))
        files = {"race.skops": skops_model()}
        package = prepare_model(files, Offer(name="race"), new_scorer, sample)
        return open_packages(self.settings).keep(package)

    def __enter__(self) -> Self:
        cores = sorted(os.sched_getaffinity(0))
        environment = {
            "PYTHONPATH": "src",
            "BRAMKA_LOG_LEVEL": "error",
            "BRAMKA_WORKER_PROCESSES": "2",
            "BRAMKA_BLOBS_PORT": str(self.settings.blobs_port),
        }
        for role in ("blobs", "worker"):
            words = [sys.executable, "-m", "bramka", role]
            words += ["--data", str(self.settings.data)]
            log = self.settings.data / f"{role}.log"
            # Pinned to all cores: `running` wants to know which.
            launch = Launch(
                ("taskset", "-c", ",".join(map(str, cores)), *words), environment
            )
            self.pids.append(self._stack.enter_context(running(launch, log, cores[0])))
        time.sleep(READY_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        self.store.engine.dispose()

    def score(self, source: str, target: str) -> float:
        """Seconds from the start of a job to its end."""
        jobs = Jobs(self.store.engine, SystemClock(), self.store.vault.cipher)
        job = SystemChance().hex(16)
        place = {"connection_string": self.connection}
        spec = JobSpec(
            inputs={"input1": BlobReference(**place, relative_location=source)},
            outputs={"output1": BlobReference(**place, relative_location=target)},
        )
        jobs.register(
            job, workspace="w" * 32, endpoint="e" * 32, package=self.package, spec=spec
        )
        begun = time.monotonic()
        jobs.start(job)
        while True:
            found = jobs.find(job)
            if found.status in ("Finished", "Failed", "Cancelled"):
                break
            time.sleep(LOOK_SECONDS)
        if found.status != "Finished":
            raise RuntimeError(f"the job {found.status}: {found.details}")
        return time.monotonic() - begun
