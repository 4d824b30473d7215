"""The demo's experiment, run over the generated reviews and packed to be published."""

from pathlib import Path

from bramka.catalogue import shelf
from bramka.studio.cache import FolderCache
from bramka.studio.package import prepare, write
from bramka.studio.run import run
from bramka.studio.samples import book_reviews, simple_feature_hashing_experiment

DATASET = "book-reviews-from-amazon"


def make_package(packages: Path, results: Path, description: str) -> str:
    """Run the experiment and write the package; its folder's name."""
    experiment = simple_feature_hashing_experiment(DATASET)
    modules, cache = shelf(), FolderCache(results)
    done = run(experiment, modules, {DATASET: book_reviews()}, cache)
    package = prepare(experiment, done, modules, description=description)
    packages.mkdir(mode=0o700, parents=True, exist_ok=True)
    return write(packages / package.hash, package)
