"""One call being answered: who may what, the depot, the body, and the answer's form."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from bramka.blobs.call import Call
from bramka.blobs.conditions import Standing, check_writing, parse_conditions
from bramka.blobs.containers import Guard
from bramka.blobs.depot import Depot
from bramka.blobs.fault import Fault
from bramka.blobs.moment import http_date
from bramka.blobs.sas import Grant

Given = ParamSpec("Given")
Answered = TypeVar("Answered")


@dataclass(frozen=True)
class Exchange:
    """Everything an operation needs to answer one call."""

    call: Call
    grant: Grant
    request: Request
    depot: Depot
    threads: Executor
    request_id: str
    authenticate: Callable[[Call], Grant]
    answer: Callable[[Call], Awaitable[Response]]
    """Answers another call, as a part of this one."""

    async def run(
        self,
        work: Callable[Given, Answered],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Answered:
        """Do work that blocks on the disk beside the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, lambda: work(*args, **kwargs))

    def guard(self) -> Guard:
        """Refuses a change the conditions or the signature do not allow."""
        conditions = parse_conditions(self.call.headers)
        may_overwrite = self.grant.allows("wd", self.call.level)

        def check(standing: Standing | None) -> None:
            check_writing(conditions, standing)
            if standing is not None and not may_overwrite:
                raise Fault("UnauthorizedBlobOverwrite")

        return check


def validators(standing: Standing) -> dict[str, str]:
    """The header fields that tell one state from another."""
    return {
        "etag": f'"{standing.etag}"',
        "last-modified": http_date(standing.modified),
    }


def markup(text: str, headers: Mapping[str, str] | None = None) -> Response:
    """An XML answer."""
    declaration = '<?xml version="1.0" encoding="utf-8"?>'
    return Response(declaration + text, headers=headers, media_type="application/xml")
