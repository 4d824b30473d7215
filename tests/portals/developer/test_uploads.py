"""Files for batch jobs: taken from those who may call, kept for a while."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.blobs.conftest import listening as listening_blobs
from tests.databases import new_database
from tests.management.console import Listener
from tests.portals.developer.face import NOW, Face, running_face

from bramka.app.batch import open_locator
from bramka.app.blobs import ACCOUNT, make_own_containers
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.keeping.secrets import open_secrets
from bramka.blobs.depot import Depot
from bramka.blobs.endpoint import make_app
from bramka.domain.blob import BlobReference
from bramka.domain.errors import Invalid
from bramka.jobs.uploads import DAY_SECONDS, forget_uploads, place_for
from bramka.portals.developer import uploads


@pytest.fixture
def face(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    face_listening: tuple[str, Listener],
) -> Iterator[Face]:
    """A face beside the embedded blob endpoint; ann is subscribed."""
    accounts = {ACCOUNT: open_secrets(tmp_path).blob_account_key}
    clock, chance = SystemClock(), SystemChance()
    make_own_containers(Depot(tmp_path / "blobs", clock, chance))
    app = make_app(tmp_path / "blobs", accounts, clock, chance)
    with (
        listening_blobs(app) as blobs,
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_face(url, tmp_path, face_listening, blobs_url=blobs) as face,
    ):
        face.join("ann")
        face.subscribe("ann", "starter")
        yield face


def upload(face: Face, name: str, content: Any, reader: str = "ann") -> Any:
    query = {"filename": name}
    return face.call("POST", "/uploads", reader, content=content, params=query)


def locator_of(face: Face) -> Any:
    secrets = open_secrets(face.settings.data)
    return open_locator(face.settings, secrets, SystemClock())


def kept(face: Face) -> list[str]:
    """Paths of all uploads there are."""
    reference = BlobReference(
        connection_string="UseDevelopmentStorage=true",
        relative_location="experimentoutput/uploads/",
    )
    store, _ = locator_of(face).find(reference)
    return list(store.names("uploads/"))


def test_an_upload_is_what_a_batch_job_can_read(face: Face) -> None:
    content = b"tweet_text\nThis is a good day\n" * 100_000
    answer = upload(face, "my tweets.CSV", content)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["size"] == len(content)
    assert told["expires"] == "2027-01-22T08:00:00Z"
    place = r"/experimentoutput/uploads/2027-01-15/[0-9a-f]{32}/my-tweets\.csv"
    assert re.fullmatch(place, told["relativeLocation"])
    reference = BlobReference(
        connection_string=told["connectionString"],
        relative_location=told["relativeLocation"],
    )
    store, path = locator_of(face).find(reference)
    assert store.read(path, 0, len(content) + 1) == content


def test_only_those_who_may_call_upload(face: Face) -> None:
    face.join("bob")
    face.join("eve")
    made = face.subscribe("eve", "unlimited")
    assert made["state"] == "submitted"
    assert upload(face, "a.csv", b"x", "").status_code == 401
    assert upload(face, "a.csv", b"x", "bob").status_code == 403
    assert upload(face, "a.csv", b"x", "eve").status_code == 403
    assert kept(face) == []


def test_names_lead_nowhere_else(face: Face) -> None:
    for name in (
        "../../x.csv",
        "/etc/x.csv",
        "a\\..\\b.csv",
        ".csv",
        "é/ü.tsv",
        "a?b#.csv",
    ):
        told = upload(face, name, b"x").json()
        assert re.fullmatch(
            r"/experimentoutput/uploads/[0-9-]+/[0-9a-f]+/[A-Za-z0-9_-]+\.(csv|tsv)",
            told["relativeLocation"],
        )
    for name in ("", "x", "x.exe", "csv", "x.csv.exe", "x.csv/"):
        assert upload(face, name, b"x").status_code == 400


def test_what_is_too_large_is_refused_and_not_kept(
    face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 100_000)

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield bytes(10_000)

    # Once announced, once found out on the way.
    assert upload(face, "a.csv", bytes(200_000)).status_code == 400
    assert upload(face, "a.csv", pieces()).status_code == 400
    assert kept(face) == []


def test_an_upload_that_breaks_off_leaves_nothing(face: Face) -> None:
    host = urlsplit(face.url)
    with socket.create_connection((host.hostname or "", host.port or 0)) as caller:
        caller.sendall(
            b"POST /developer/uploads?filename=a.csv HTTP/1.1\r\nHost: x\r\n"
            b"X-Reader: ann\r\nContent-Length: 1000000\r\n\r\n" + bytes(500_000)
        )
        time.sleep(0.2)
    # The one after it is not in its way.
    assert upload(face, "b.csv", b"x").status_code == 201
    assert [path.rpartition("/")[2] for path in kept(face)] == ["b.csv"]


def test_a_store_that_is_away_is_told(served_face: Face) -> None:
    served_face.join("ann")
    served_face.subscribe("ann", "starter")
    answer = upload(served_face, "a.csv", b"x")
    assert answer.status_code == 503
    said = answer.json()["error"]
    assert said == {
        "code": "ServiceUnavailable",
        "message": "The store of files is away; try again in a moment.",
    }


def test_uploads_go_after_a_week(face: Face) -> None:
    locator = locator_of(face)
    old = upload(face, "old.csv", b"x").json()["relativeLocation"]
    face.clock.advance(5 * DAY_SECONDS)
    upload(face, "new.csv", b"x")
    assert forget_uploads(locator, NOW + 7 * DAY_SECONDS) == 0
    assert forget_uploads(locator, NOW + 8 * DAY_SECONDS) == 1
    assert [path.rpartition("/")[2] for path in kept(face)] == ["new.csv"]
    assert old.endswith("old.csv")


def test_a_name_without_letters_still_names_a_file() -> None:
    bare = place_for("my rows.NH.csv", NOW, "ab").relative_location or ""
    assert bare.endswith("/ab/my-rows.nh.csv")
    place = place_for("!!!.csv", NOW, "ab")
    assert place.relative_location == "experimentoutput/uploads/2027-01-15/ab/input.csv"
    with pytest.raises(Invalid, match="batch jobs read these only"):
        place_for("x.zip", NOW, "ab")
