"""<set-query-parameter>: the query that the backend sees."""

import pytest

from bramka.testing.playbook import play, refusal_of


def parameter(action: str, *values: str, name: str = "b") -> str:
    inner = "".join(f"<value>{value}</value>" for value in values)
    return (
        f"<set-query-parameter name='{name}' exists-action='{action}'>{inner}"
        "</set-query-parameter>"
    )


@pytest.mark.parametrize(
    ("action", "target"),
    [
        ("override", "/?a=%31&c=3&b=9"),
        ("skip", "/?a=%31&B=2&c=3"),
        ("append", "/?a=%31&B=2&c=3&b=9"),
        ("delete", "/?a=%31&c=3"),
    ],
)
def test_an_action_says_what_becomes_of_one_that_is_there(
    action: str, target: str
) -> None:
    values = () if action == "delete" else ("9",)
    book = play(parameter(action, *values)).call(path="/?a=%31&B=2&c=3")
    assert book.sent.target == target


@pytest.mark.parametrize("action", ["override", "skip", "append"])
def test_one_that_is_not_there_is_added(action: str) -> None:
    book = play(parameter(action, "x", "y")).call()
    assert book.sent.target == "/?b=x&b=y"


def test_the_default_is_to_override() -> None:
    text = "<set-query-parameter name='b'><value>1</value></set-query-parameter>"
    assert play(text).call(path="/?b=0").sent.target == "/?b=1"


def test_everything_takes_expressions_and_is_encoded() -> None:
    text = """<set-query-parameter name="@("a b")" exists-action="@("append")">
        <value>@("&" + context.Request.Method)</value></set-query-parameter>"""
    assert play(text).call().sent.target == "/?a%20b=%26GET"


def test_the_key_does_not_come_back() -> None:
    path = "/?subscription-key=the-key&a=1"
    book = play(parameter("append", "2")).call(path=path, key=None).passes()
    assert book.sent.target == "/?a=1&b=2"


def test_its_form_is_checked() -> None:
    assert "it can be override, skip" in refusal_of(parameter("replace", "1"))
    assert "needs a <value>" in refusal_of(parameter("append"))
