"""<log-to-eventhub>: messages for loggers."""

import json
from typing import Any

import pytest

from bramka.domain.traffic.diagnostic import Logger
from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

TEXT = """<log-to-eventhub logger-id='orders'>
    @(context.Request.Method + "\\n" + context.Product.Name)</log-to-eventhub>"""


def logger(kind: Any, **credentials: str) -> dict[str, dict[str, Logger]]:
    noun = Logger(id="orders", logger_type=kind, credentials=credentials)
    return {"loggers": {"orders": noun}}


HOOK = logger("webhook", url="http://hook.test/log?a=1", Authorization="Bearer t")
FILE = logger("logFile", name="orders")


def test_a_webhook_is_posted_to() -> None:
    book = play(outbound=TEXT, tables=HOOK, hosts={"hook.test": Reply(201)})
    book.call().answered("from the backend").after(1).reached(2)
    sent = book.sent
    assert (sent.method, sent.url, sent.text) == (
        "POST",
        "hook.test/log?a=1",
        "GET\nStarter",
    )
    assert sent.header("Authorization") == "Bearer t"
    assert sent.header("Content-Type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("given", "field"),
    [("id='p1'", "Id"), ("key='@(\"p\" + 1)'", "Key")],
)
def test_a_webhook_is_told_the_partition(given: str, field: str) -> None:
    text = TEXT.replace("'orders'", f"'orders' partition-{given}")
    book = play(text, tables=HOOK, hosts={"hook.test": Reply(200)}).call().after(1)
    hooked = [one for one in book.backends.calls if one.host == "hook.test"]
    assert [one.header(f"X-Partition-{field}") for one in hooked] == ["p1"]


def test_the_call_neither_waits_for_a_webhook_nor_fails_with_it() -> None:
    for answer in (Reply(200, delay=50), Reply(500)):
        book = play(outbound=TEXT, tables=HOOK, hosts={"hook.test": answer})
        before = book.clock.elapsed
        book.call().passes()
        assert book.clock.elapsed == before
    play(outbound=TEXT, tables=HOOK).call().passes().after(1).call().passes()


def test_a_log_file_gets_a_line() -> None:
    text = TEXT.replace("'orders'", "'orders' partition-key='p'")
    book = play(text, tables=FILE).call().call("POST")
    lines = (book.folder / "logs" / "orders.log").read_text("utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert first["message"] == "GET\nStarter"
    assert first["partition"] == "p"
    assert first["timestamp"] == "2023-11-14T22:13:20.000+00:00"
    assert second["message"] == "POST\nStarter"
    assert first["requestId"] != second["requestId"]


def test_a_message_is_cut_where_it_becomes_too_long() -> None:
    text = """<log-to-eventhub logger-id='orders'>@(new string('x', 300000))
        </log-to-eventhub>"""
    book = play(text, tables=FILE).call()
    line = (book.folder / "logs" / "orders.log").read_text("utf-8")
    assert len(json.loads(line)["message"]) == 200 * 1024


@pytest.mark.parametrize(
    ("text", "tables", "told"),
    [
        (TEXT, {}, "there is no logger 'orders'"),
        (TEXT, logger("webhook"), "has no url"),
        (TEXT, logger("logFile", name="../x"), "names the file '../x'"),
        (TEXT, logger("azureEventHub", name="x"), "this gateway does not reach"),
        ("<log-to-eventhub logger-id='orders' />", FILE, "holds no message"),
        (
            TEXT.replace("'orders'", "'orders' partition-id='a' partition-key='b'"),
            FILE,
            "not both",
        ),
    ],
)
def test_its_form_is_checked(text: str, tables: Any, told: str) -> None:
    assert told in refusal_of(text, tables=tables)
