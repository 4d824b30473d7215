"""What people read when they ask for what cannot be done."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.ports import free_port

from bramka.cli.main import bramka


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(bramka, arguments)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output


class NoConsole(BaseHTTPRequestHandler):
    """A server that knows nothing of consoles."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_a_console_elsewhere_wants_a_token() -> None:
    told = refusal("api", "list", "--url", "http://127.0.0.1:8090", "--token", "")
    assert "BRAMKA_TOKEN" in told
    assert "bramka token create" in told


@pytest.mark.parametrize("command", [("api", "list"), ("usage",)])
def test_a_console_that_is_away_is_named(command: tuple[str, ...]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    told = refusal(*command, "--url", url, "--token", "x")
    assert f"No console answers at {url}" in told


def test_another_server_is_told_from_a_console() -> None:
    with HTTPServer(("127.0.0.1", 0), NoConsole) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        told = refusal("api", "list", "--url", url, "--token", "x")
        server.shutdown()
        thread.join()
    assert f"{url}/subscriptions answers 200, and not as a console does" in told


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = refusal("backup", "x", "--data", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file") in told


def test_pruning_with_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    data = ("--data", str(tmp_path))
    told = refusal("import", str(tmp_path), "--prune", *data)
    assert "would delete the whole configuration" in told


def test_a_folder_that_is_not_there_is_not_backed_up(tmp_path: Path) -> None:
    nowhere, saved = tmp_path / "nowhere", tmp_path / "saved"
    told = refusal("backup", str(saved), "--data", str(nowhere))
    assert f"There is no data folder {nowhere}" in told
    assert not nowhere.exists()
    assert not saved.exists()


@pytest.mark.parametrize("url", ["http://[::1", "http://a:port"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    told = refusal("api", "list", "--url", url, "--token", "x")
    assert f"--url is '{url}', which is no address" in told


@pytest.mark.parametrize("token", ["wr\u00f3ng", "a\nb"])
def test_a_token_that_no_header_carries_is_not_repeated(token: str) -> None:
    told = refusal("api", "list", "--url", "http://127.0.0.1:1", "--token", token)
    assert "copy it anew" in told
    assert token not in told


@pytest.mark.parametrize("place", ["ftp://user:secret@host/x", "s3:///", ""])
def test_a_place_that_is_none_for_a_backup_is_told(place: str, tmp_path: Path) -> None:
    told = refusal("restore", place, "--data", str(tmp_path))
    assert "s3://BUCKET" in told or "is empty" in told
    assert "secret" not in told


def test_values_that_are_no_text_are_told(tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_bytes(b"\xff\xfe")
    data = ("--data", str(tmp_path), "--values", str(values))
    assert f"{values} is not YAML" in refusal("import", str(tmp_path), *data)
