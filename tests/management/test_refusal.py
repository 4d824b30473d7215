"""What goes wrong in the console is told in one shape, and told what it is."""

from collections.abc import Callable

import pytest
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.exc import DataError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.responses import Response

from bramka.domain.errors import TooMany
from bramka.domain.learning.module_error import ModuleError
from bramka.management.refusal import refuse
from bramka.studio_rest.refusal import refuse as refuse_studio

EDGES = pytest.mark.parametrize("told", [refuse, refuse_studio])


@EDGES
def test_who_finds_no_connection_free_is_asked_to_come_again(
    told: Callable[[Exception], Response],
) -> None:
    engine = create_engine(
        "sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    with engine.connect(), pytest.raises(NoConnection) as caught:
        engine.connect()
    engine.dispose()
    answer = told(caught.value)
    assert answer.status_code == 503
    assert b"try again" in bytes(answer.body)


@EDGES
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ModuleError(3, 'Input "Dataset" is null or empty.'), 400),
        (DataError("INSERT …", {}, ValueError("NUL (0x00) bytes")), 400),
        (OverflowError("int too big to convert"), 400),
    ],
)
def test_what_the_caller_is_to_blame_for_is_no_failure_of_ours(
    told: Callable[[Exception], Response], error: Exception, status: int
) -> None:
    assert told(error).status_code == status


@EDGES
def test_who_tried_too_often_is_told_how_long_to_wait(
    told: Callable[[Exception], Response],
) -> None:
    answer = told(TooMany(seconds=7.2))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "8")
