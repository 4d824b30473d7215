"""<set-header>: fields of the request and of the answer."""

import pytest

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of


def header(action: str, *values: str, name: str = "X-Tag") -> str:
    inner = "".join(f"<value>{value}</value>" for value in values)
    return f"<set-header name='{name}' exists-action='{action}'>{inner}</set-header>"


@pytest.mark.parametrize(
    ("action", "sent"),
    [("override", "new"), ("skip", "old"), ("append", "old,new"), ("delete", None)],
)
def test_an_action_says_what_becomes_of_a_field_that_is_there(
    action: str, sent: str | None
) -> None:
    values = () if action == "delete" else ("new",)
    book = play(header(action, *values)).call(headers={"x-tag": "old"})
    assert book.sent.header("X-Tag") == sent


@pytest.mark.parametrize("action", ["override", "skip", "append"])
def test_a_field_that_is_not_there_is_added(action: str) -> None:
    assert play(header(action, "a", "b")).call().sent.headers_of("X-Tag") == ["a,b"]


def test_fields_that_cannot_be_joined_stay_apart() -> None:
    book = play(outbound=header("append", "a=1", "b=2", name="Set-Cookie")).call()
    assert book.answer.headers_of("Set-Cookie") == ["a=1", "b=2"]


def test_the_default_is_to_override() -> None:
    book = play("<set-header name='X-Tag'><value>new</value></set-header>")
    assert book.call(headers={"X-Tag": "old"}).sent.headers_of("X-Tag") == ["new"]


def test_name_action_and_value_take_expressions() -> None:
    book = play(
        """<set-header name="@("X-" + context.Request.Method)"
                       exists-action="@("over" + "ride")">
             <value>@(context.Product.Name)</value>
           </set-header>"""
    )
    assert book.call().sent.header("X-GET") == "Starter"


def test_the_answer_is_changed_in_outbound() -> None:
    book = play(
        outbound=header("delete", name="Server") + header("override", "1"),
        answers=Reply(200, b"", [("Server", "old"), ("X-Kept", "yes")]),
    ).call()
    found = [book.answer.header(name) for name in ("Server", "X-Kept", "X-Tag")]
    assert found == [None, "yes", "1"]


def test_line_breaks_in_a_value_begin_no_other_field() -> None:
    book = play(header("override", '@("a\\r\\nEvil: 1")')).call()
    assert book.sent.header("X-Tag") == "a Evil: 1"
    assert book.sent.header("Evil") is None


def test_the_host_can_be_set_and_framing_cannot() -> None:
    book = play(
        header("override", "other.test", name="Host")
        + header("override", "7", name="Content-Length")
    ).call("POST", body=b"abc")
    assert book.sent.headers_of("Host") == ["other.test"]
    assert book.sent.headers_of("Content-Length") == ["3"]


def test_an_unknown_action_is_refused() -> None:
    told = refusal_of(header("replace", "x"))
    assert "exists-action is 'replace'; it can be override, skip" in told


@pytest.mark.parametrize("name", ["a b", "x:", "x-{Name}", "é"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    field = f"<set-header name='{name}'><value>1</value></set-header>"
    asked = f"""<send-request response-variable-name='r'>
        <set-url>http://other.test</set-url>{field}</send-request>"""
    limit = f"""<rate-limit calls='1' renewal-period='60'
        remaining-calls-header-name='{name}' />"""
    for policy in (field, asked, limit):
        assert f"'{name}' is not the name of a header" in refusal_of(policy)


def test_a_name_begins_no_other_field() -> None:
    field = r"""<set-header name='@("A: 1\r\nEvil")'><value>1</value></set-header>"""
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    play(inbound=field, on_error=told).call().answered("InvalidHeaderName", 500)


def test_setting_needs_a_value() -> None:
    assert "needs a <value>" in refusal_of(header("override"))
