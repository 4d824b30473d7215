"""The log: one line per event, no secrets."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bramka.app.log import set_up_logging, without_secrets


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    logger = logging.getLogger()
    before, level = logger.handlers, logger.level
    yield
    logger.handlers = before
    logger.setLevel(level)


def test_a_machine_gets_one_json_object_a_line() -> None:
    stream = io.StringIO()
    set_up_logging("gateway", "info", stream)
    logging.getLogger("bramka.gateway").info("listening on\n%s", "port 1")
    logging.getLogger("bramka.gateway").debug("not this")
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["level"], event["role"]) == ("info", "gateway")
    assert event["message"] == "listening on\nport 1"


def test_a_terminal_gets_text() -> None:
    stream = Terminal()
    set_up_logging("worker", "info", stream)
    logging.getLogger().warning("the disk is nearly full")
    assert stream.getvalue().endswith(" warning worker: the disk is nearly full\n")


def test_an_exception_stays_in_its_line() -> None:
    stream = io.StringIO()
    set_up_logging("console", "info", stream)
    try:
        raise ValueError("postgresql://bramka:hush@db/x cannot be reached")
    except ValueError:
        logging.getLogger().exception("no database")
    (line,) = stream.getvalue().splitlines()
    assert "cannot be reached" in json.loads(line)["exception"]
    assert "hush" not in line


@pytest.mark.parametrize(
    "text",
    [
        "GET /a?subscription-key=hush&b=1",
        "Ocp-Apim-Subscription-Key: hush",
        "Authorization: Bearer hush",
        "Authorization: SharedKey hush",
        "AccountName=x;AccountKey=hush;BlobEndpoint=y",
        "https://x/blob?sv=1&sig=hush",
        '{"password": "hush"}',
        "postgresql+psycopg://bramka:hush@db/x",
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str) -> None:
    masked = without_secrets(text)
    assert "hush" not in masked
    assert "***" in masked


def test_few_lines_of_a_kind_are_let_through_and_the_rest_is_counted() -> None:
    stream = io.StringIO()
    set_up_logging("gateway", "info", stream)
    logger = logging.getLogger("bramka.gateway")

    def say(backend: str, created: float) -> None:
        record = logger.makeRecord(
            logger.name, logging.WARNING, "f", 1, "%s fails", (backend,), None
        )
        record.created, record.sparing = created, backend
        logger.handle(record)

    for _ in range(1000):
        say("one", 5.0)
    say("two", 5.0)
    logger.warning("the disk is nearly full")
    lines = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert lines == ["one fails"] * 10 + ["two fails", "the disk is nearly full"]
    say("one", 16.0)
    say("one", 3.0)
    lines = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert lines[12:] == ["one fails; 990 like it were left out", "one fails"]
