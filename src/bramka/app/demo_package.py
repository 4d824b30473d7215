"""The demo's experiment, run over the generated reviews and packed to be published."""

from pathlib import Path

from bramka.catalogue import shelf
from bramka.studio.cache import FolderCache
from bramka.studio.package import prepare
from bramka.studio.package_store import PackageStore
from bramka.studio.run import run
from bramka.studio.samples import book_reviews, simple_feature_hashing_experiment

DATASET = "book-reviews-from-amazon"


def make_package(packages: PackageStore, results: Path, description: str) -> str:
    """Run the experiment and write the package; its folder's name."""
    experiment = simple_feature_hashing_experiment(DATASET)
    modules, cache = shelf(), FolderCache(results)
    done = run(experiment, modules, {DATASET: book_reviews()}, cache)
    package = prepare(experiment, done, modules, description=description)
    return packages.keep(package)
