"""The services process and the database: what is published is taken over."""

from pathlib import Path

import pytest
from tests.databases import new_database, new_store

from bramka.app.services import AGAIN_SECONDS, Publications
from bramka.domain.learning.service import ScoringFunction
from bramka.scoring.registry import Registry
from bramka.store.service import Publication, publish_service
from bramka.store.workspace import create_workspace
from bramka.testing import FakeChance, FakeClock


def test_what_does_not_load_is_tried_again_after_a_while_and_not_before(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    clock, chance, tried = FakeClock(), FakeChance(), list[str]()

    def load(package: str) -> ScoringFunction:
        tried.append(package)
        raise OSError("away")

    with new_database("sqlite", tmp_path, request) as url, new_store(url) as store:
        with store.writing() as transaction:
            home = create_workspace(transaction, chance, friendly_name="W", owner="a@b")
            wanted = Publication(workspace_id=home.id, name="S", package="p")
            publish_service(transaction, chance, wanted)
        publications = Publications(store, Registry(load, clock), clock)
        for _ in range(3):
            publications.renew()
        assert tried == ["p"]
        clock.advance(AGAIN_SECONDS)
        for _ in range(3):
            publications.renew()
        assert tried == ["p", "p"]
