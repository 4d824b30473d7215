"""TLS towards callers: certificates by name, those of clients, renewal, schemes."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Literal

import pytest
from tests.gateway.serving import Serving, echo, open_api
from tests.gateway.tls_caller import Caller, Told
from tests.wire.authority import Authority

from bramka.domain.errors import Invalid
from bramka.wire.tls import Certificates, TlsHost

CUT_OFF = r"(?i)alert|reset|closed|broken pipe|handshake|EOF"
TELL_CERTIFICATE = """<policies>
  <inbound />
  <backend><forward-request /></backend>
  <outbound>
    <set-header name="Seen">
      <value>@(context.Request.Certificate?.Subject ?? "nobody")</value>
    </set-header>
  </outbound>
  <on-error />
</policies>"""


class Secure(Serving):
    """A gateway with three TLS hosts; the last demands a certificate."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.ours, self.clients = Authority(folder), Authority(folder, "Clients")
        self.hosts = [
            self.host("plain", "api.example.com"),
            self.host("wild", "*.example.org", "optional"),
            self.host("strict", "strict.example.com", "required"),
        ]
        self.certificates = Certificates(self.hosts)
        self.tls_port = self.do(
            lambda: self.gateway.listen_tls("127.0.0.1", 0, self.certificates)
        )
        backend = f"http://127.0.0.1:{self.backend(echo)}"
        self.take(
            open_api("echo", backend),
            open_api("safe", backend, protocols=("https",)),
            open_api("bare", backend, protocols=("http",)),
            policy=TELL_CERTIFICATE,
        )

    def host(
        self,
        file: str,
        name: str,
        negotiate: Literal["no", "optional", "required", "any"] = "no",
    ) -> TlsHost:
        certificate, key = self.ours.sign(file, [name])
        return TlsHost(
            names=(name,),
            certificate=certificate,
            key=key,
            client_ca=None if negotiate == "no" else self.clients.root,
            negotiate=negotiate,
        )

    def context(self, client: str = "") -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ours.root))
        if client:
            context.load_cert_chain(*self.clients.sign(client, [client]))
        return context

    def caller(self, host: str, context: ssl.SSLContext | None = None) -> Caller:
        return Caller(host, self.tls_port, context or self.context())

    def call(
        self, host: str, path: str = "/echo/x", client: str = "", named: str = ""
    ) -> Told:
        with closing(self.caller(host, self.context(client))) as caller:
            return caller.ask(path, named)

    def call_bare(self, path: str, named: str) -> int:
        """The status of the answer without TLS."""
        bare = HTTPConnection("127.0.0.1", self.port, timeout=90)
        with closing(bare):
            bare.request("GET", path, headers={"Host": named})
            return bare.getresponse().status


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    with Secure(tmp_path_factory.mktemp("tls")) as serving:
        yield serving


def test_each_name_gets_its_own_certificate(secure: Secure) -> None:
    for host in ("api.example.com", "a.example.org", "b.example.org", "B.Example.ORG"):
        answer = secure.call(host)
        assert (answer.status, answer.body) == (200, b"GET /x HTTP/1.1|")


def test_a_star_stands_for_one_word(secure: Secure) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        secure.call("a.b.example.org")


def test_old_versions_of_tls_are_refused(secure: Secure) -> None:
    context = secure.context()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match=CUT_OFF):
        secure.caller("api.example.com", context).connect()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_new_versions_are_spoken(secure: Secure, version: ssl.TLSVersion) -> None:
    context = secure.context()
    context.minimum_version = context.maximum_version = version
    with closing(secure.caller("api.example.com", context)) as caller:
        caller.connect()
        cipher = caller.session.cipher()
        assert cipher is not None
        assert "GCM" in cipher[0] or "CHACHA20" in cipher[0]
        assert caller.ask("/echo/v").status == 200


def test_a_certificate_that_is_asked_for_may_be_left_out(secure: Secure) -> None:
    assert secure.call("a.example.org").seen == "nobody"


@pytest.mark.parametrize("host", ["a.example.org", "strict.example.com"])
def test_policies_see_the_certificate_of_the_client(secure: Secure, host: str) -> None:
    for _ in range(2):  # the second time from memory
        assert secure.call(host, client="ada").seen == "CN=ada"


def test_who_must_show_a_certificate_and_does_not_is_cut_off(secure: Secure) -> None:
    with pytest.raises(OSError, match=CUT_OFF):
        secure.call("strict.example.com")


def test_a_certificate_of_a_stranger_is_refused(secure: Secure, tmp_path: Path) -> None:
    context = secure.context()
    context.load_cert_chain(*Authority(tmp_path, "Strangers").sign("eve", ["eve"]))
    with (
        closing(secure.caller("strict.example.com", context)) as caller,
        pytest.raises(OSError, match=CUT_OFF),
    ):
        caller.ask("/echo/x")


def test_nobody_reaches_a_strict_host_through_another(secure: Secure) -> None:
    answer = secure.call("api.example.com", named="strict.example.com")
    assert (answer.status, answer.reason) == (421, "Misdirected Request")
    assert secure.call_bare("/echo/x", "strict.example.com") == 421


def test_a_ticket_of_one_host_does_not_open_another(secure: Secure) -> None:
    context = secure.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with closing(secure.caller("api.example.com", context)) as first:
        first.ask("/echo/x")
        ticket = first.session.session
    address = ("127.0.0.1", secure.tls_port)
    with (
        socket.create_connection(address, timeout=90) as bare,
        pytest.raises(OSError, match=CUT_OFF),
    ):
        context.wrap_socket(bare, server_hostname="strict.example.com", session=ticket)


@pytest.mark.parametrize(
    ("path", "over_http", "over_https"),
    [("/echo/x", 200, 200), ("/safe/x", 404, 200), ("/bare/x", 200, 404)],
)
def test_an_api_answers_only_over_its_protocols(
    secure: Secure, path: str, over_http: int, over_https: int
) -> None:
    for _ in range(2):  # the second time from memory
        assert secure.call_bare(path, "api.example.com") == over_http
        assert secure.call("api.example.com", path).status == over_https


def test_a_first_message_in_small_pieces_is_waited_for(secure: Secure) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = secure.context().wrap_bio(
        incoming, outgoing, server_hostname="a.example.org"
    )
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    hello = outgoing.read()
    with socket.create_connection(("127.0.0.1", secure.tls_port), timeout=90) as bare:
        for piece in (hello[:3], hello[3:60], hello[60:200], hello[200:]):
            bare.sendall(piece)
            time.sleep(0.02)
        shake_hands(client, bare, incoming, outgoing)
    shown = client.getpeercert()
    assert shown is not None
    assert shown["subjectAltName"] == (("DNS", "*.example.org"),)


def shake_hands(
    client: ssl.SSLObject,
    bare: socket.socket,
    incoming: ssl.MemoryBIO,
    outgoing: ssl.MemoryBIO,
) -> None:
    while True:
        incoming.write(bare.recv(65536))
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            bare.sendall(outgoing.read())
        else:
            return


def test_what_is_not_tls_is_hung_up_on(secure: Secure) -> None:
    with socket.create_connection(("127.0.0.1", secure.tls_port), timeout=90) as bare:
        bare.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        answer = bytearray()
        while piece := bare.recv(1000):
            answer += piece
        assert b"HTTP" not in answer


def test_a_renewed_certificate_is_shown_and_open_connections_live_on(
    tmp_path: Path,
) -> None:
    with (
        Secure(tmp_path) as serving,
        closing(serving.caller("api.example.com")) as caller,
        closing(serving.caller("api.example.com")) as fresh,
    ):
        assert caller.ask("/echo/before").status == 200
        before = caller.serial
        assert not serving.certificates.changed()
        serving.ours.sign("plain", ["api.example.com"])
        assert serving.certificates.changed()
        serving.do(serving.certificates.load)
        assert caller.ask("/echo/after").body == b"GET /after HTTP/1.1|"
        fresh.connect()
        assert fresh.serial != before == caller.serial


def test_what_was_shown_to_one_host_is_not_taken_by_another(secure: Secure) -> None:
    answer = secure.call("a.example.org", client="ada", named="api.example.com")
    assert (answer.status, answer.reason) == (421, "Misdirected Request")


def test_a_broken_renewal_leaves_the_old_certificate(tmp_path: Path) -> None:
    with Secure(tmp_path) as serving:
        serving.hosts[0].key.write_text("half a key")
        with pytest.raises(Invalid, match="not a certificate and its key"):
            serving.certificates.load()
        assert not serving.certificates.changed()
        assert serving.call("api.example.com").status == 200
