"""Certificates that callers signed themselves: known ones, and those nobody knows."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from tests.gateway.serving import Serving, echo, open_api
from tests.gateway.tls_caller import Caller, Told
from tests.wire.authority import Authority

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.certificate import Certificate
from bramka.wire.tls import Certificates, Negotiation, TlsHost

CUT_OFF = r"(?i)alert|reset|closed|broken pipe|handshake|EOF"
BY_PRINT = """<policies>
  <inbound>
    <choose>
      <when condition="@(context.Request.Certificate == null
                         || !context.Deployment.Certificates.Any(c => c.Value.Thumbprint
                              == context.Request.Certificate.Thumbprint))">
        <return-response><set-status code="403" reason="Invalid client certificate" />
        </return-response>
      </when>
    </choose>
  </inbound>
  <backend><forward-request /></backend>
  <outbound>
    <set-header name="Seen">
      <value>@(context.Request.Certificate.Verify() ? "trusted" : "unknown")</value>
    </set-header>
  </outbound>
  <on-error />
</policies>"""


class Own:
    """A certificate that somebody signed without asking an authority."""

    def __init__(self, folder: Path, name: str) -> None:
        authority = Authority(folder, name)
        self.certificate, self.key = authority.root, authority.own_key()
        self.noun = noun(name, self.certificate)


def noun(name: str, file: Path) -> Certificate:
    read = x509.load_pem_x509_certificate(file.read_bytes())
    thumbprint = read.fingerprint(hashes.SHA1()).hex().upper()
    return Certificate(id=name, thumbprint=thumbprint, chain=file.read_bytes())


class Asking(Serving):
    """A gateway whose hosts ask for certificates; one name for each way of asking."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.ours = Authority(folder)
        self.ada, self.eve = Own(folder, "ada"), Own(folder, "eve")
        ways: tuple[Negotiation, ...] = ("any", "optional", "required")
        certificates = Certificates([self.host(way) for way in ways])
        self.backend_url = f"http://127.0.0.1:{self.backend(echo)}"
        self.know(self.ada.noun)
        self.tls_port = self.do(
            lambda: self.gateway.listen_tls("127.0.0.1", 0, certificates)
        )

    def host(self, way: Negotiation) -> TlsHost:
        certificate, key = self.ours.sign(way, [f"{way}.test", "127.0.0.1"])
        return TlsHost(
            names=(f"{way}.test",), certificate=certificate, key=key, negotiate=way
        )

    def know(self, *nouns: Certificate, distrusted: tuple[str, ...] = ()) -> None:
        """Upload these certificates, in place of those before."""
        apis: tuple[Api, ...] = (
            open_api("echo", self.backend_url),
            open_api("strict", self.backend_url),
        )
        self.take(
            *apis,
            policy=BY_PRINT,
            scope="apis/strict",
            certificates=nouns,
            distrusted=distrusted,
        )

    def caller(self, host: str, who: Own | None = None) -> Caller:
        return Caller(host, self.tls_port, self.context(who))

    def context(self, who: Own | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ours.root))
        if who is not None:
            context.load_cert_chain(who.certificate, who.key)
        return context

    def call(self, host: str, path: str, who: Own | None = None) -> Told:
        with closing(self.caller(host, who)) as caller:
            return caller.ask(path)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    with Asking(tmp_path_factory.mktemp("tls")) as serving:
        yield serving


@pytest.mark.parametrize("host", ["any.test", "optional.test", "required.test"])
def test_a_known_certificate_opens_what_asks_for_its_print(
    asking: Asking, host: str
) -> None:
    answer = asking.call(host, "/strict/x", asking.ada)
    assert (answer.status, answer.seen) == (200, "trusted")


def test_a_certificate_nobody_knows_is_for_the_policy_to_judge(asking: Asking) -> None:
    assert asking.call("any.test", "/strict/x", asking.eve).status == 403
    assert asking.call("any.test", "/echo/x", asking.eve).status == 200


@pytest.mark.parametrize("host", ["any.test", "optional.test"])
def test_who_has_none_gets_in_where_no_policy_asks(asking: Asking, host: str) -> None:
    assert asking.call(host, "/echo/x").status == 200
    assert asking.call(host, "/strict/x").status == 403


@pytest.mark.parametrize("host", ["optional.test", "required.test"])
def test_elsewhere_what_nobody_knows_is_cut_off(asking: Asking, host: str) -> None:
    with (
        closing(asking.caller(host, asking.eve)) as caller,
        pytest.raises(OSError, match=CUT_OFF),
    ):
        caller.ask("/echo/x")


def test_certificates_are_trusted_as_they_are_uploaded_and_no_longer(
    asking: Asking,
) -> None:
    with closing(asking.caller("optional.test", asking.ada)) as before:
        assert before.ask("/strict/x").status == 200
        asking.know(asking.eve.noun)
        assert asking.call("required.test", "/strict/x", asking.eve).status == 200
        with pytest.raises(OSError, match=CUT_OFF):
            asking.call("required.test", "/echo/x", asking.ada)
        # The connection from before lives on; the policy knows its print no more.
        assert before.ask("/echo/x").status == 200
        assert before.ask("/strict/x").status == 403
        asking.know(asking.ada.noun)
        assert before.ask("/strict/x").status == 200


def test_a_certificate_that_this_gateway_distrusts_is_cut_off(asking: Asking) -> None:
    asking.know(asking.ada.noun, asking.eve.noun, distrusted=(asking.eve.noun.id,))
    with pytest.raises(OSError, match=CUT_OFF):
        asking.call("required.test", "/echo/x", asking.eve)
    assert asking.call("required.test", "/strict/x", asking.ada).status == 200
    asking.know(asking.ada.noun)


def test_whom_an_uploaded_authority_signed_is_trusted(
    asking: Asking, tmp_path: Path
) -> None:
    clients = Authority(tmp_path, "Clients")
    bob = clients.sign("bob", ["bob"])
    context = asking.context()
    context.load_cert_chain(*bob)
    asking.know(asking.ada.noun, noun("clients", clients.root), noun("bob", bob[0]))
    with closing(Caller("any.test", asking.tls_port, context)) as caller:
        assert caller.ask("/strict/x").seen == "trusted"
    asking.know(asking.ada.noun, noun("bob", bob[0]))
    for host in ("any.test", "required.test"):
        with closing(Caller(host, asking.tls_port, context)) as caller:
            assert caller.ask("/strict/x").seen == "trusted"
    asking.know(asking.ada.noun)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_is_long_passes_where_any_certificate_is_taken(
    asking: Asking, version: ssl.TLSVersion
) -> None:
    with closing(asking.caller("any.test", asking.eve)) as caller:
        caller.context.minimum_version = caller.context.maximum_version = version
        sent = bytes(range(256)) * 4096
        caller.request("POST", "/echo/long", sent, {"Host": "any.test"})
        told = caller.getresponse().read()
        assert told.partition(b"|")[2] == sent
        assert caller.ask("/echo/x").status == 200


def test_no_session_is_resumed_where_any_certificate_is_taken(asking: Asking) -> None:
    with closing(asking.caller("any.test", asking.eve)) as first:
        first.context.maximum_version = ssl.TLSVersion.TLSv1_2
        first.ask("/echo/x")
        address, session = ("127.0.0.1", asking.tls_port), first.session.session
        with (
            socket.create_connection(address, timeout=90) as bare,
            first.context.wrap_socket(
                bare, server_hostname="any.test", session=session
            ) as again,
        ):
            assert not again.session_reused


def test_http2_carries_what_any_client_shows(asking: Asking) -> None:
    with httpx2.Client(
        http2=True,
        verify=asking.context(asking.ada),
        base_url=f"https://127.0.0.1:{asking.tls_port}",
        headers={"Host": "any.test"},
        timeout=90,
    ) as client:
        answer = client.get("/strict/x")
        assert (answer.http_version, answer.headers["seen"]) == ("HTTP/2", "trusted")
