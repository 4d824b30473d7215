"""What goes wrong in the console is told in one shape, and told what it is."""

from collections.abc import Callable

import pytest
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.responses import Response

from bramka.management.refusal import refuse
from bramka.studio_rest.refusal import refuse as refuse_studio


@pytest.mark.parametrize("told", [refuse, refuse_studio])
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
