"""The services of serving.py, published into a fresh data folder as experiments are."""

from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
from sklearn.datasets import load_iris

import bramka
from benchmarks.servers.serving_model import iris_model
from benchmarks.serving_experiment import NAMES, iris_experiment
from bramka.app.clock import SystemChance
from bramka.app.database import open_store
from bramka.app.settings import Settings
from bramka.app.shared import open_packages
from bramka.catalogue import shelf
from bramka.domain.learning.endpoint import MOST_CONCURRENCY
from bramka.domain.learning.table import Table
from bramka.store.endpoint import Change, change_endpoint
from bramka.store.service import Publication, publish_service
from bramka.store.workspace import create_workspace
from bramka.studio.package import prepare
from bramka.studio.package_folder import Package
from bramka.studio.run import run
from bramka.studio.samples import simple_feature_hashing_experiment


def publish(task: str, data: Path) -> tuple[str, str]:
    """The path and the key of a service of the task."""
    settings = Settings(data=data)
    data.mkdir(mode=0o700, parents=True)
    store, chance = open_store(settings), SystemChance()
    with store.writing() as transaction:
        home = create_workspace(
            transaction, chance, friendly_name="Race", owner="race@example.com"
        )
    if task == "iris":
        store.engine.dispose()
        return _iris(data)
    package = iris_experiment() if task == "iris experiment" else _hashing()
    kept = open_packages(settings).keep(package)
    with store.writing() as transaction:
        publication = Publication(workspace_id=home.id, name=task, package=kept)
        done = publish_service(transaction, chance, publication)
        # Twenty calls at a time is the default; the load comes over 32 connections.
        more = Change(max_concurrent_calls=MOST_CONCURRENCY)
        change_endpoint(transaction, done.endpoint.id, more)
    store.engine.dispose()
    return f"/workspaces/{home.id}/services/{done.endpoint.id}", done.keys.primary


def _iris(data: Path) -> tuple[str, str]:
    """The very model that the rivals serve."""
    rows, _ = load_iris(return_X_y=True)
    sample = data / "sample.csv"
    pl.DataFrame(rows, schema=NAMES).write_csv(sample)
    done = bramka.publish(iris_model(), "iris", data=data, sample=sample)
    return urlsplit(done.address).path, done.key


def _hashing() -> Package:
    experiment = simple_feature_hashing_experiment("reviews")
    rows = Table.of(pl.DataFrame({"Col1": [5], "Col2": ["This is a good day"]}))
    done = run(experiment, shelf(), {"reviews": rows})
    return prepare(experiment, done, shelf())
