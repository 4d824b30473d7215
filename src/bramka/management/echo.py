"""`/echo`: the backend of the Echo API, which answers with what it was sent."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bramka.management.door import read_body
from bramka.management.refusal import refuse

_KEPT_BACK = ("authorization", "cookie", "proxy-authorization")
"""Never told: a page of this origin could ask for them in somebody's name."""


async def echo(request: Request) -> Response:
    """Method, path, query, headers and body of the call, as JSON."""
    try:
        body = await read_body(request)
    except Exception as error:  # the edge: every error has one shape
        return refuse(error)
    told = {
        "method": request.method,
        "path": request.url.path.removeprefix("/echo"),
        "query": dict(request.query_params),
        "headers": {
            name: value
            for name, value in request.headers.items()
            if name not in _KEPT_BACK
        },
        "body": body.decode("utf-8", errors="replace"),
    }
    return Response(
        msgspec.json.encode(told),
        # What came in is only ever data here, whatever a browser would like to see.
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"},
        media_type="application/json",
    )
