"""<send-one-way-request>: nobody waits for the answer."""

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

TOLD = """<send-one-way-request{more}>
    <set-url>http://hook.test/called</set-url>
    <set-method>POST</set-method>
    <set-header name='X-Id'><value>@(context.Operation.Id)</value></set-header>
    <set-body>@("by " + context.User.Id)</set-body>
  </send-one-way-request>"""


def tell(more: str = "") -> str:
    return TOLD.format(more=more)


def test_the_other_service_is_told_and_the_call_goes_on() -> None:
    slow = {"hook.test": Reply(200, delay=30.0)}
    book = play(tell(), hosts=slow)
    before = book.clock.monotonic()
    book.call().answered("from the backend")
    assert book.clock.monotonic() == before
    hook = next(call for call in book.backends.calls if call.host == "hook.test")
    found = (hook.method, hook.target, hook.text, hook.header("X-Id"))
    assert found == ("POST", "/called", "by ada", "get")


def test_a_service_that_is_away_fails_nothing() -> None:
    play(tell()).call().answered("from the backend")


def test_a_copy_has_the_callers_fields() -> None:
    book = play(tell(" mode='copy'"), hosts={"hook.test": Reply()})
    book.call(headers={"X-Mine": "1"})
    hook = next(call for call in book.backends.calls if call.host == "hook.test")
    assert hook.header("X-Mine") == "1"


def test_the_time_out_has_bounds() -> None:
    assert "attribute 'timeout' is '9999'" in refusal_of(tell(" timeout='9999'"))


def test_too_many_underway_are_not_sent() -> None:
    hanging = {"hook.test": Reply(200, delay=50.0)}
    book = play(tell(" timeout='60'"), hosts=hanging).together(1001)
    hooks = [call for call in book.backends.calls if call.host == "hook.test"]
    assert len(hooks) == 1000
