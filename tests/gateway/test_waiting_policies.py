"""Policies that wait, repeat or answer early, over real sockets."""

import asyncio
import http.client
import json

from joserfc import jwt
from joserfc.jwk import RSAKey
from tests.gateway.serving import KEY, Serving

from bramka.domain.traffic.api import Api

KEYED = {"Ocp-Apim-Subscription-Key": KEY}
BIG = b"<a>" + b"x" * 300_000 + b"</a>"


class Backend:
    """Is busy a few times, with a body that takes several reads, then answers."""

    def __init__(self, busy: int) -> None:
        self.busy = busy
        self.bodies: list[bytes] = []

    async def __call__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = 0
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            self.bodies.append(await reader.readexactly(length))
            is_busy = len(self.bodies) <= self.busy
            body = b"busy" * 50_000 if is_busy else BIG
            status = b"503 Busy" if is_busy else b"200 OK"
            fields = b"Content-Type: text/xml\r\nContent-Length: %d" % len(body)
            writer.write(b"HTTP/1.1 %b\r\n%b\r\n\r\n%b" % (status, fields, body))
            await writer.drain()


def call(
    port: int, fields: dict[str, str], method: str = "GET", body: bytes = b""
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
    connection.request(method, "/x", body or None, fields)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def document(*, inbound: str = "", backend: str = "", outbound: str = "") -> str:
    return f"""<policies><inbound>{inbound}</inbound>
        <backend>{backend or "<forward-request />"}</backend>
        <outbound>{outbound}</outbound></policies>"""


def api(port: int) -> Api:
    url = f"http://127.0.0.1:{port}"
    return Api(id="a", display_name="A", service_url=url, protocols=("http", "https"))


def test_answers_left_unread_by_a_retry_block_no_later_call() -> None:
    retry = """<retry condition="@(context.Response.StatusCode == 503)" count="3"
        interval="0"><forward-request /></retry>"""
    with Serving() as serving:
        backend = Backend(busy=2)
        serving.take(api(serving.backend(backend)), policy=document(backend=retry))
        for _ in range(5):
            answer, body = call(serving.port, KEYED, "POST", b"sent" * 1000)
            assert (answer.status, body) == (200, BIG)
        assert backend.bodies == [b"sent" * 1000] * 7


def test_bodies_are_transformed_in_a_thread_and_by_steps() -> None:
    xsl = """<xsl-transform><xsl:stylesheet version="1.0"
        xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
        <xsl:output method="xml" omit-xml-declaration="yes" />
        <xsl:template match="/"><n><xsl:value-of select="string-length(.)" /></n>
        </xsl:template></xsl:stylesheet></xsl-transform>
        <xml-to-json kind="direct" apply="always" consider-accept-header="false" />"""
    with Serving() as serving:
        port = serving.backend(Backend(busy=0))
        serving.take(api(port), policy=document(outbound=xsl))
        answer, body = call(serving.port, KEYED)
        assert (answer.status, body) == (200, b'{"n": "300000"}')


def test_a_preflight_needs_no_key_and_a_call_does() -> None:
    cors = """<cors><allowed-origins><origin>https://shop</origin></allowed-origins>
        </cors>"""
    with Serving() as serving:
        port = serving.backend(Backend(busy=0))
        serving.take(api(port), policy=document(inbound=cors))
        page = {"Origin": "https://shop"}
        asked = {**page, "Access-Control-Request-Method": "GET"}
        answer, _ = call(serving.port, asked, "OPTIONS")
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "https://shop"
        answer, _ = call(serving.port, page)
        assert answer.status == 401
        answer, body = call(serving.port, {**page, **KEYED})
        assert (answer.status, body) == (200, BIG)
        assert answer.headers["Access-Control-Allow-Origin"] == "https://shop"


def test_two_that_wait_wait_at_the_same_time() -> None:
    asked = 0
    both = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(b"\r\n\r\n")
        asked += 1
        if asked == 2:
            both.set()
        # Neither is answered before the other was asked as well.
        await both.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow")
        await writer.drain()

    with Serving() as serving:
        port = serving.backend(slow)
        ask = "".join(
            f"""<send-request response-variable-name="{name}"><set-url>
                http://127.0.0.1:{port}/</set-url></send-request>"""
            for name in ("one", "two")
        )
        text = f"<wait>{ask}</wait><return-response response-variable-name='two' />"
        serving.take(api(port), policy=document(inbound=text))
        answer, body = call(serving.port, KEYED)
        assert (answer.status, body) == (200, b"slow")


def test_a_token_waits_for_its_provider_once_and_only_the_rest_runs_after() -> None:
    """First the provider has to be asked, in the middle of the policies; then not."""
    signer = RSAKey.generate_key(2048)
    token = jwt.encode({"alg": "RS256", "kid": "one"}, {"exp": 1 << 40}, signer)
    asked: list[bytes] = []

    async def provider(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            asked.append(head.split(b" ")[1])
            await asyncio.sleep(0.1)
            keys = [{**signer.as_dict(private=False), "kid": "one", "alg": "RS256"}]
            told = {"jwks_uri": f"{url}/keys", "issuer": "", "keys": keys}
            body = json.dumps(told).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + body)

    inbound = """<rate-limit-by-key calls="9" renewal-period="60" counter-key="a"
        remaining-calls-header-name="Left" />
        <validate-jwt header-name="Authorization"><openid-config url="{}/openid" />
        </validate-jwt>
        <set-header name="Seen" exists-action="append"><value>once</value></set-header>
        """
    with Serving() as serving:
        url = f"http://127.0.0.1:{serving.backend(provider)}"
        backend = Backend(busy=0)
        target = api(serving.backend(backend))
        serving.take(target, policy=document(inbound=inbound.format(url)))
        fields = {**KEYED, "Authorization": f"Bearer {token}"}
        for left in range(8, 3, -1):
            answer, body = call(serving.port, fields, "POST", b"sent")
            assert (answer.status, body) == (200, BIG)
            assert answer.headers["Left"] == str(left)
        assert backend.bodies == [b"sent"] * 5
        assert asked == [b"/openid", b"/keys"]
        wrong = {**KEYED, "Authorization": f"Bearer {token[:-9]}AAAAAAAAA"}
        answer, _ = call(serving.port, wrong, "POST", b"sent")
        assert answer.status == 401
        assert len(backend.bodies) == 5
