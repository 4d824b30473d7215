"""Calls that signed-in people make to an endpoint: passed on with the endpoint's key.

A page of the console may not read what another origin answers, and the key of the
endpoint need not come to the page. Viewers, who are not told keys, bring one along.
"""

from dataclasses import replace
from urllib.parse import quote, urlencode, urlsplit

import anyio
import anyio.to_thread
import httpcore2
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid, Missing, Unavailable
from bramka.domain.learning.endpoint import Endpoint
from bramka.store.service import endpoint_by_name, endpoint_keys, service_by_id
from bramka.studio_rest.call import Call
from bramka.studio_rest.router import Way

LARGEST_BODY = 32 << 20
"""Bytes of a request's or an answer's body."""
SECONDS = 100.0
_TIMEOUT = {"connect": 5.0, "read": SECONDS, "write": SECONDS, "pool": 5.0}
KEY_HEADER = "x-bramka-service-key"
_KEPT = (b"content-type", b"retry-after", b"x-ms-request-id")


async def metrics(call: Call, request: Request) -> Response:
    """`…/endpoints/{endpoint}/metrics?window=hour`: what its calls were like."""
    query = {"api-version": "2.0", **call.query}
    return await pass_on(
        replace(call, parts={**call.parts, "rest": "metrics"}, query=query), request
    )


async def pass_on(call: Call, request: Request) -> Response:
    """`…/endpoints/{endpoint}/calls/{rest}`: `execute`, `swagger.json`, `jobs/…`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise Invalid(f"The body is larger than {LARGEST_BODY >> 20} MiB.")
    endpoint, key = await anyio.to_thread.run_sync(_known, call)
    if call.role == "viewer" and request.method != "GET":
        key = _brought(request)
    outgoing = _outgoing(call, endpoint, key, request.method, bytes(body))
    try:
        answer = await _exchange(outgoing)
    except (httpcore2.TimeoutException, httpcore2.NetworkError) as error:
        raise Unavailable(
            f"The services at {call.site.services_url} did not answer "
            f"({type(error).__name__}); see that the services process runs."
        ) from None
    if answer.status_code == 401:
        # To the page a 401 says that its own session has ended.
        raise Forbidden(f"The key does not open '{endpoint.name}'.", target=KEY_HEADER)
    return answer


def _outgoing(
    call: Call, endpoint: Endpoint, key: str, method: str, body: bytes
) -> httpcore2.Request:
    target = f"/workspaces/{endpoint.workspace_id}/services/{endpoint.id}/" + quote(
        call.parts["rest"], safe="/"
    )
    if call.query:
        target += f"?{urlencode(call.query)}"
    home = urlsplit(call.site.services_url)
    return httpcore2.Request(
        method.encode(),
        httpcore2.URL(
            scheme=home.scheme.encode(),
            host=(home.hostname or "").encode("idna"),
            port=home.port,
            target=target.encode(),
        ),
        headers=[
            (b"Host", home.netloc.encode("ascii")),
            (b"Authorization", f"Bearer {key}".encode()),
            (b"Content-Type", b"application/json"),
            (b"Content-Length", b"%d" % len(body)),
        ],
        content=body,
        extensions={"timeout": _TIMEOUT},
    )


async def _exchange(outgoing: httpcore2.Request) -> Response:
    async with httpcore2.AsyncConnectionPool() as pool:
        answer = await pool.handle_async_request(outgoing)
        try:
            content = bytearray()
            async for piece in answer.aiter_stream():
                content += piece
                if len(content) > LARGEST_BODY:
                    raise Invalid("The answer is too large to show; call the endpoint.")
        finally:
            await answer.aclose()
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in answer.headers
        if name.lower() in _KEPT
    }
    return Response(bytes(content), answer.status, headers)


def _brought(request: Request) -> str:
    """The key that a viewer was given by somebody who may see it."""
    key = request.headers.get(KEY_HEADER, "").strip()
    if not (key and key.isascii() and key.isprintable()):
        raise Forbidden(
            "A viewer calls a service with a key of its own: ask an editor of the "
            f"workspace for one, and send it as `{KEY_HEADER}`.",
            target=KEY_HEADER,
        )
    return key


def _known(call: Call) -> tuple[Endpoint, str]:
    with call.site.store.reading() as transaction:
        service = service_by_id(transaction, call.parts["service"])
        if service.workspace_id != call.workspace:
            raise Missing(f"There is no web service '{service.id}'.", target="service")
        found = endpoint_by_name(transaction, service.id, call.parts["endpoint"])
        return found, endpoint_keys(transaction, found.id).primary


_ENDPOINT = "workspaces/{workspace}/webservices/{service}/endpoints/{endpoint}"
_CALLS = _ENDPOINT + "/calls/"
_REST = (
    _CALLS + r"(?P<rest>swagger\.json|jobs(?:/[0-9a-f-]{1,64}(?:/start|/log|/retry)?)?)"
)
WAYS = (
    Way("POST", _CALLS + "(?P<rest>execute)", stream=pass_on, viewers=True),
    Way("GET", _ENDPOINT + "/metrics", stream=metrics, endpoint_key=True),
    *(Way(method, _REST, stream=pass_on) for method in ("GET", "POST", "DELETE")),
)
