"""Developer faces to read: on SQLite, or on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import KINDS, new_database
from tests.gateway.serving import Serving
from tests.management.console import Listener, listening
from tests.portals.developer.face import Face, running_face

Listening = tuple[str, Listener]


@pytest.fixture(scope="session")
def face_listening() -> Iterator[Listening]:
    with listening() as found:
        yield found


@pytest.fixture
def face(
    request: pytest.FixtureRequest, tmp_path: Path, face_listening: Listening
) -> Iterator[Face]:
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_face(url, tmp_path, face_listening) as face,
    ):
        yield face


@pytest.fixture(params=KINDS)
def each_face(
    request: pytest.FixtureRequest, tmp_path: Path, face_listening: Listening
) -> Iterator[Face]:
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        running_face(url, tmp_path, face_listening) as face,
    ):
        yield face


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A gateway on a real socket, whose ledger lies where faces look for it."""
    with Serving() as serving:
        (tmp_path / "gateway").symlink_to(serving._folder)
        yield serving


@pytest.fixture
def served_face(
    serving: Serving,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    face_listening: Listening,
) -> Iterator[Face]:
    """A face whose gateway serves what is published, once `serve` is called."""
    gateway = f"http://127.0.0.1:{serving.port}"
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        running_face(url, tmp_path, face_listening, gateway_url=gateway) as face,
    ):
        yield face
