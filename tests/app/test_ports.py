"""Choosing ports."""

import socket
from pathlib import Path

import pytest

from bramka.app.ports import choose_ports
from bramka.app.settings import Settings, with_ports
from bramka.domain.errors import Conflict

FREE = {
    "gateway_port": 0,
    "console_port": 0,
    "services_port": 0,
    "blobs_port": 0,
}


def test_zero_means_any_free_port_and_no_two_the_same(tmp_path: Path) -> None:
    ports = choose_ports(with_ports(Settings(data=tmp_path), FREE))
    assert set(ports) == set(FREE)
    assert len({*ports.values(), 0}) == 5


def test_a_taken_port_is_named_with_its_role_and_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = with_ports(Settings(data=tmp_path), {**FREE, "services_port": port})
        with pytest.raises(Conflict, match=rf"{port} \(services.*--services-port"):
            choose_ports(settings)
