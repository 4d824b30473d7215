"""TLS from the settings, in the gateway's own process."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.wire.authority import Authority

from bramka.app.gateway import tls
from bramka.app.gateway_settings import TlsTable
from bramka.app.settings import Settings
from bramka.app.supervisor.process import environment_of
from bramka.domain.errors import Invalid

NAME = "api.example.com"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def settings_for(authority: Authority, port: int = 0) -> Settings:
    authority.sign("own", [NAME])
    table = TlsTable(hosts=(NAME,), certificate="own.pem", key="own.key")
    return Settings(
        data=authority.folder, gateway_port=0, gateway_tls_port=port, tls=(table,)
    )


def test_files_are_sought_in_the_data_folder(authority: Authority) -> None:
    settings = settings_for(authority)
    tls.check(settings)
    (authority.folder / "own.key").unlink()
    with pytest.raises(Invalid, match=r"own\.key is not there"):
        tls.check(settings)


def test_without_tables_there_is_no_tls(tmp_path: Path) -> None:
    assert tls.certificates_of(Settings(data=tmp_path)) is None


@pytest.fixture
def running(authority: Authority) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    port = free_port()
    settings = settings_for(authority, port)
    (authority.folder / "gateway").mkdir()
    update = {"version": 1, "whole": {"version": 1, "instance": {"name": "x"}}}
    file = authority.folder / "gateway" / "configuration.json"
    file.write_text(json.dumps(update))
    environment = {**os.environ, **environment_of(settings)}
    environment["BRAMKA_GATEWAY_TOKEN"] = "token"
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-m", "bramka", "gateway"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    yield port, process
    process.terminate()
    assert process.wait(90) == 0


def serial_at(port: int, authority: Authority) -> object:
    """The number of the certificate shown at a port; None while nobody listens."""
    context = ssl.create_default_context(cafile=str(authority.root))
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=90) as bare,
            context.wrap_socket(bare, server_hostname=NAME) as session,
        ):
            shown = session.getpeercert()
            return None if shown is None else shown["serialNumber"]
    except ConnectionRefusedError:
        return None


def another(before: object, port: int, authority: Authority) -> object:
    """Wait for another certificate than `before`."""
    deadline = time.monotonic() + 90
    while (found := serial_at(port, authority)) in (before, None):
        assert time.monotonic() < deadline, "the certificate stayed the same"
        time.sleep(0.05)
    return found


def test_the_process_renews_on_a_signal_and_when_files_change(
    authority: Authority, running: tuple[int, "subprocess.Popen[bytes]"]
) -> None:
    port, process = running
    first = another(None, port, authority)
    authority.sign("own", [NAME])
    process.send_signal(signal.SIGHUP)
    second = another(first, port, authority)
    authority.sign("own", [NAME])
    assert another(second, port, authority) != first
