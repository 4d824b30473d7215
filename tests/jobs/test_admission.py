"""What callers of batch jobs reach without the storage account's key."""

from typing import Any

import msgspec
import pytest
from tests.jobs.bench import Bench
from tests.jobs.test_batch import BODY, INPUT, Desk, with_locator
from tests.scoring.published import PEPPER, SERVICE

from bramka.domain.blob import BlobReference
from bramka.domain.errors import Invalid
from bramka.domain.learning.endpoint import gateway_proof
from bramka.jobs.uploads import place_for
from bramka.scoring.admission import DevelopmentStorage
from bramka.wire.message import Answer

SHORT = "UseDevelopmentStorage=true"
RESULT = "experimentoutput/7f2a5c0e-0000-4000-8000-000000000000/a.csv"


@pytest.fixture
def desk(sqlite_bench: Bench) -> Desk:
    return with_locator(sqlite_bench)


def named(location: str, string: str = SHORT) -> dict[str, str]:
    return {"ConnectionString": string, "RelativeLocation": location}


@pytest.mark.parametrize(
    "location",
    [
        "data/a.csv",
        "/data/a.csv",
        RESULT,
        f"/{RESULT}",
        "experimentoutput/uploads/a.csv",
        "experimentoutput/uploads/2026-01-31/x/a.csv",
        f"experimentoutput/uploads/2026-01-31/{'0' * 32}/more/a.csv",
    ],
)
@pytest.mark.parametrize("string", [SHORT, "; usedevelopmentstorage = TRUE ;"])
def test_blobs_of_others_are_out_of_reach(
    desk: Desk, location: str, string: str
) -> None:
    place = named(location, string)
    wanted = [400, "BadArgument", "InvalidBlobConnectionString"]
    assert desk.refusal("POST", body={"Input": place}) == wanted
    body = {"Input": INPUT, "Outputs": {"output1": place}}
    assert desk.refusal("POST", body=body) == wanted
    assert desk.bench.jobs.newest() == ([], 0)


def upload() -> dict[str, str]:
    place = place_for("rows.csv", 1.7e9, "0f" * 16)
    return named(f"/{place.relative_location}", place.connection_string or "")


def test_a_file_one_uploaded_is_read_and_never_written(desk: Desk) -> None:
    assert desk.submitted({"Input": upload()})
    body = {"Input": INPUT, "Outputs": {"output1": upload()}}
    refused = [400, "BadArgument", "InvalidBlobConnectionString"]
    assert desk.refusal("POST", body=body) == refused


def test_the_refusal_says_what_to_do(desk: Desk) -> None:
    answer = desk.ask("POST", body={"Input": named("data/a.csv")})
    error = msgspec.json.decode(answer.body)["error"]
    message = error["details"][0]["message"]
    assert "does not reach data/a.csv" in message
    assert "SasBlobToken" in message
    assert "development_containers" in message


@pytest.mark.parametrize(
    ("listed", "location", "fits"),
    [
        ("data", "data/a.csv", True),
        ("data", "data2/a.csv", False),
        ("other, data-*", "data-7/a.csv", True),
        ("other, data-*", "data/a.csv", False),
        ("*", "anything/a.csv", True),
        # Results and uploads of others stay closed whatever is listed.
        ("*,experimentoutput", RESULT, False),
        (" , ", "data/a.csv", False),
    ],
)
def test_operators_open_containers_by_name_or_beginning(
    listed: str, location: str, fits: bool
) -> None:
    def check(**reference: Any) -> None:
        storage = DevelopmentStorage.of(listed)
        for writing in (False, True):
            storage.check(BlobReference(**reference), writing=writing)

    place = {"connection_string": SHORT, "relative_location": location}
    if fits:
        check(**place)
        return
    with pytest.raises(Invalid, match="does not reach"):
        check(**place)


def test_other_kinds_of_references_prove_themselves(desk: Desk) -> None:
    assert desk.submitted(BODY)
    public = {"BaseLocation": "http://blobs/bramka/", "RelativeLocation": RESULT}
    assert desk.submitted({"Input": {**public, "SasBlobToken": "?sig=x"}})


def test_behind_a_gateway_each_subscription_has_its_own_jobs(desk: Desk) -> None:
    proof = gateway_proof(PEPPER, SERVICE.rpartition("/")[2])

    def ask(whose: str, method: str, path: str = "", body: object = b"") -> Answer:
        said = [(b"x-bramka-gateway", proof), (b"x-bramka-subscription", whose)]
        return desk.ask(method, path, body, fields=said)

    job = msgspec.json.decode(ask("ann", "POST", body=BODY).body)
    others = desk.submitted()
    calls = [
        ("POST", f"/{job}/start"),
        ("POST", f"/{job}/retry"),
        ("GET", f"/{job}"),
        ("GET", f"/{job}/log"),
        ("DELETE", f"/{job}"),
    ]
    for whose in ("bob", ""):
        assert [ask(whose, *call).status for call in calls] == [404] * 5
        assert job not in ask(whose, "GET").body.decode()
    assert [ask("ann", *call).status for call in calls] == [204, 400, 200, 200, 204]
    assert others not in ask("ann", "GET").body.decode()
    # Whoever has the endpoint's key and needs no gateway sees all.
    listed = desk.ask("GET").body.decode()
    assert job in listed
    assert others in listed
