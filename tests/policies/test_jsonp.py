"""<jsonp>: answers wrapped in a call."""

import pytest

from bramka.testing.backends import Reply
from bramka.testing.playbook import play

TEXT = "<jsonp callback-parameter-name='cb' />"
JSON = Reply(200, b'{"a": 1}\n', [("Content-Type", "application/json")])


def test_the_answer_is_wrapped_in_the_function_the_caller_names() -> None:
    book = play(outbound=TEXT, answers=JSON).call(path="/?cb=my.call")
    book.answered('/**/my.call({"a": 1});')
    assert book.answer.header("Content-Type") == "application/javascript; charset=utf-8"


def test_without_the_parameter_nothing_changes() -> None:
    play(outbound=TEXT, answers=JSON).call(path="/?other=x").answered('{"a": 1}\n')


def test_the_name_of_the_parameter_takes_an_expression() -> None:
    text = '<jsonp callback-parameter-name="@("c" + "b")" />'
    play(outbound=text, answers=JSON).call(path="/?cb=f").answered('/**/f({"a": 1});')


@pytest.mark.parametrize("name", ["a-b", "alert(1)//", "1a", "a%20b", "x" * 200])
def test_what_is_no_identifier_is_an_error(name: str) -> None:
    told = (
        "<set-body>@(context.LastError.Reason + context.LastError.Message)</set-body>"
    )
    play(outbound=TEXT, on_error=told, answers=JSON).call(path=f"/?cb={name}").answered(
        "CallbackParameterInvalidValue of callback parameter cb is not a valid "
        "JavaScript identifier.",
        500,
    )
