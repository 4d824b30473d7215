"""Long lists: told in pages, searched, sorted and counted by the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import asdict, replace
from sqlalchemy import Table, insert
from tests.studio_rest.studio import Studio

from bramka.app.clock import SystemChance
from bramka.domain.learning.saved import Saved
from bramka.domain.learning.snapshot import Snapshot
from bramka.store.experiment_tables import EXPERIMENT
from bramka.store.saved import SAVED
from bramka.store.service import WEB_SERVICE, Publication, publish_service

MANY = 10_000
SEVERAL = 2_000
RELEASED = {"fence": 0, "owner": "", "leased": 0.0, "until": 0.0, "attempts": 0}


def keep(studio: Studio, table: Table, rows: list[dict[str, Any]]) -> None:
    with studio.store.writing() as transaction:
        transaction.connection.execute(insert(table), rows)


@pytest.fixture(scope="module")
def crowded(studio: Studio) -> Iterator[Studio]:
    """A workspace with thousands of everything; the higher the number, the newer."""
    with studio.other() as other:
        place = other.workspace
        draft = Snapshot(id="", workspace_id=place, family="")
        keep(
            other,
            EXPERIMENT,
            [
                {
                    **asdict(replace(draft, id=f"e{n}", family=f"f{n}", changed=n)),
                    "name": f"Experiment {n:05}",
                    "document": "",
                    **RELEASED,
                }
                for n in range(MANY)
            ]
            + [
                {
                    **asdict(replace(draft, id=f"r{n}", family="f0", changed=-n)),
                    "name": "Experiment 00000",
                    "detail": f"Run {n:04}",
                    "state": "Failed" if n % 4 else "Finished",
                    "started": 10.0,
                    "ended": 11.0 + n,
                    "leaf": False,
                    "document": "",
                    **RELEASED,
                }
                for n in range(SEVERAL)
            ],
        )
        saved = Saved(
            id="",
            workspace_id=place,
            kind="dataset",
            family="",
            version=1,
            name="",
            data_type="GenericCSV",
            content="c",
            digest="d",
        )
        keep(
            other,
            SAVED,
            [
                {
                    **asdict(replace(saved, id=f"d{n}", family=f"f{n}", created=n)),
                    "name": f"Dataset_{n:05}",
                    "size": SEVERAL - n,
                    "source_origin": "Sample" if n % 100 == 0 else "Uploaded",
                    "columns": "[]",
                }
                for n in range(SEVERAL)
            ],
        )
        service = {"workspace_id": place, "description": "", "created": 0.0}
        named = {"default_endpoint_name": "default"}
        keep(
            other,
            WEB_SERVICE,
            [
                {"id": f"s{n}", "name": f"Service {n:05}", **service, **named}
                for n in range(SEVERAL)
            ],
        )
        with other.store.writing() as transaction:
            publication = Publication(workspace_id=place, name="Called", package="p")
            publish_service(transaction, SystemChance(), publication)
        yield other


def test_experiments_come_in_pages_the_newest_first(crowded: Studio) -> None:
    told = crowded.get("/experiments", count=25, start=50)
    assert told["Count"] == MANY
    names = [each["Description"] for each in told["Value"]]
    assert names == [f"Experiment {n:05}" for n in range(9_949, 9_924, -1)]
    last = crowded.get("/experiments", count=25, start=9_990)
    assert len(last["Value"]) == 10


def test_the_runs_of_one_experiment_come_in_pages_too(crowded: Studio) -> None:
    asked: dict[str, str | int] = {"family": "f0", "count": 3}
    told = crowded.get("/experiments", **asked)
    assert told["Count"] == 1 + SEVERAL
    assert [each["ExperimentId"] for each in told["Value"]] == ["e0", "r0", "r1"]
    long = crowded.get("/experiments", **asked, sort="took", descending="true")
    assert [each["ExperimentId"] for each in long["Value"]] == [
        f"r{n}" for n in (1999, 1998, 1997)
    ]
    drafts_first = crowded.get("/experiments", **asked, sort="start")["Value"]
    assert drafts_first[0]["ExperimentId"] == "e0"
    assert crowded.get("/experiments", **asked, search="run 019")["Count"] == 10


def test_a_list_is_searched_by_the_database(crowded: Studio) -> None:
    told = crowded.get("/experiments", count=25, search="EXPERIMENT 099")
    assert told["Count"] == 100
    assert told["Value"][0]["Description"] == "Experiment 09999"
    # What stands for any letter elsewhere is a letter here.
    assert crowded.get("/datasources", count=5, search="t_0000")["Count"] == 10
    assert crowded.get("/experiments", count=5, search="t_0000")["Count"] == 0
    assert crowded.get("/experiments", count=5, search="%")["Count"] == 0


def test_a_list_is_sorted_by_the_database(crowded: Studio) -> None:
    told = crowded.get("/datasources", count=3, sort="size")["Value"]
    assert [each["Name"] for each in told] == [
        f"Dataset_0{n}" for n in (1999, 1998, 1997)
    ]
    told = crowded.get("/datasources", count=2, sort="name", descending="true")
    assert [each["Name"] for each in told["Value"]] == [
        "Dataset_01999",
        "Dataset_01998",
    ]


def test_samples_are_told_apart(crowded: Studio) -> None:
    assert crowded.get("/datasources", count=1, samples="true")["Count"] == 20
    assert crowded.get("/datasources", count=1, samples="false")["Count"] == 1_980


def test_services_are_told_with_their_endpoints(crowded: Studio) -> None:
    place = f"/workspaces/{crowded.workspace}/webservices"
    query = "count=2&sort=endpoints&descending=true"
    told = crowded.client.get(f"{place}?{query}").json()
    assert told["Count"] == 1 + SEVERAL
    assert told["Value"][0]["Name"] == "Called"
    assert [each["EndpointCount"] for each in told["Value"]] == [1, 0]


@pytest.mark.parametrize(
    "query", [{"sort": "shoe size"}, {"start": "-1"}, {"count": "0"}, {"count": "x"}]
)
def test_a_page_that_cannot_be_is_refused(
    crowded: Studio, query: dict[str, str]
) -> None:
    answer = crowded.call("GET", "/experiments", params={"count": "10", **query})
    assert answer.status_code == 400
    assert answer.json()["error"]["target"] in query


def test_old_clients_get_a_whole_list(crowded: Studio) -> None:
    assert len(crowded.get("/datasources")) == SEVERAL
