"""The frontier: what a caller's reference can make us connect to."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bramka.blobs.frontier import Frontier
from bramka.blobs.remote import RemoteBlobs, TokenSigner, guarded_pool
from bramka.domain.errors import Invalid

OPEN = Frontier(public=True, private=True, resolve=lambda host, _port: [host])
PUBLIC = Frontier(public=True, private=False, resolve=lambda host, _port: [host])


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "::",
        "255.255.255.255",
        "224.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_metadata_and_special_addresses_are_never_admitted(address: str) -> None:
    with pytest.raises(Invalid, match="link-local, metadata or special"):
        OPEN.admit(address, 80)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "::1", "fd12::1"],
)
def test_private_addresses_need_the_setting(address: str) -> None:
    assert OPEN.admit(address, 80) == [address]
    for text in {address, f"::ffff:{address}" if "." in address else address}:
        with pytest.raises(Invalid, match="private"):
            PUBLIC.admit(text, 80)


def test_public_addresses_need_outgoing_access() -> None:
    assert PUBLIC.admit("8.8.8.8", 443) == ["8.8.8.8"]
    with pytest.raises(Invalid, match="public"):
        Frontier(public=False, private=True, resolve=lambda h, _: [h]).admit(
            "8.8.8.8", 443
        )


def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    both = Frontier(True, False, lambda _host, _port: ["8.8.8.8", "169.254.169.254"])
    with pytest.raises(Invalid):
        both.admit("two-faced.example", 80)


def test_an_unknown_host_is_refused_by_name() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(Invalid, match=r"nowhere\.example is not known"):
        Frontier(True, True, resolve).admit("nowhere.example", 80)


def test_a_name_that_changes_its_mind_gains_nothing() -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    frontier = Frontier(True, True, lambda _host, _port: next(answers))
    frontier.admit("rebinding.example", 80)
    with guarded_pool(frontier) as pool:
        remote = RemoteBlobs("http://rebinding.example", TokenSigner(""), pool)
        with pytest.raises(Invalid, match="link-local"):
            remote.size("container/x")


class Redirecting(BaseHTTPRequestHandler):
    """Sends everybody elsewhere."""

    def do_HEAD(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/latest/meta-data")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


def test_redirects_are_not_followed() -> None:
    with (
        HTTPServer(("127.0.0.1", 0), Redirecting) as server,
        guarded_pool(OPEN) as pool,
    ):
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(Invalid, match="redirects elsewhere"):
            RemoteBlobs(base, TokenSigner(""), pool).size("container/x")
        thread.join()
