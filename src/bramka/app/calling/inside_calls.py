"""Calls of the management REST from inside of one, in its transaction.

So that many changes are one: all of them are made, or none.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

import httpx2
from starlette.responses import Response

from bramka.app.calling.calls import Calls
from bramka.domain.errors import BramkaError, Unauthenticated
from bramka.domain.traffic.deployment import Step
from bramka.management.audit import noted
from bramka.management.call import Call
from bramka.management.path import Target, find_target
from bramka.management.refusal import refuse
from bramka.management.resource import AnyResource
from bramka.management.verbs import answer

_HERE = "http://bramka"
_DONE = {("PUT", 201): "Create", ("DELETE", 200): "Delete"}


class Inside(httpx2.AsyncBaseTransport):
    """Answers as the REST would; notes what was changed on the way."""

    def __init__(
        self, call: Call, root: AnyResource, asking: Mapping[str, Mapping[str, str]]
    ) -> None:
        """`asking`: what is asked for besides when one of a segment is deleted."""
        self.steps: list[Step] = []
        self._call, self._root, self._asking = call, root, asking

    def calls(self) -> Calls:
        """Calls that go this way."""
        client = httpx2.AsyncClient(base_url=_HERE, transport=self)
        return Calls(client, self._call.base)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        try:
            made = self._answer(request.method, path, dict(request.url.params), body)
        except BramkaError as error:
            made = refuse(error)
        kind = {"Content-Type": made.headers.get("Content-Type", "")}
        return httpx2.Response(made.status_code, headers=kind, content=bytes(made.body))

    def _answer(
        self, method: str, path: str, query: dict[str, str], body: bytes
    ) -> Response:
        parts = [unquote(part) for part in path.strip("/").split("/")]
        above = len(self._call.base.strip("/").split("/"))
        target = find_target(self._root, parts[above:])
        if method == "DELETE":
            query |= self._asking.get(target.resource.segment, {})
        inner = replace(
            self._call,
            url=f"{_HERE}{path}",
            query=query,
            if_match="*",
            if_none_match=None,
            body=body,
            accept="",
        )
        if method == "GET":
            return answer(method, inner, target)
        if self._call.caller is None:
            raise Unauthenticated("Changes are made by somebody.")
        made = noted(self._call.caller, method, inner, target)
        self._note(method, made, target)
        return made

    def _note(self, method: str, made: Response, target: Target) -> None:
        if target.action is None and made.status_code < 300:
            action = _DONE.get((method, made.status_code), "Update")
            if method == "DELETE":
                action = "Delete"
            self.steps.append(Step(target.resource.segment, action, target.path))
