"""<check-header>: a header that has to be there, with a value that is allowed."""

import pytest
from tests.policies.telling import TELL

from bramka.testing.playbook import play, refusal_of

CHECK = """<check-header name='X-Tenant' failed-check-httpcode='{code}'
    failed-check-error-message='Who are &quot;you&quot;?' ignore-case='{ignore}'>
    {values}</check-header>"""
VALUES = "<value>blue</value><value>green</value>"


def check(code: str = "401", ignore: str = "false", values: str = VALUES) -> str:
    return CHECK.format(code=code, ignore=ignore, values=values)


@pytest.mark.parametrize("value", ["blue", "green"])
def test_any_of_the_values_is_let_in(value: str) -> None:
    play(check()).call(headers={"x-tenant": value}).passes()


def test_another_value_is_refused_with_the_authors_words() -> None:
    book = play(inbound=check("418"), on_error=TELL)
    book.call(headers={"X-Tenant": "red"}).answered(
        '{ "statusCode": 418, "message": "Who are \\"you\\"?" }', 418
    )
    assert book.answer.header("X-Told") == (
        "check-header|HeaderValueNotAllowed|"
        "Header X-Tenant value of red is not allowed. Access denied."
    )
    book.reached(0)


def test_a_missing_header_is_refused() -> None:
    book = play(inbound=check(), on_error=TELL).call().refused(401)
    assert book.answer.header("X-Told") == (
        "check-header|HeaderNotFound|"
        "Header X-Tenant was not found in the request. Access denied."
    )


def test_without_values_the_header_only_has_to_be_there() -> None:
    book = play(check(values=""))
    book.call(headers={"X-Tenant": "anything"}).passes().call().refused(401)


def test_case_matters_unless_it_is_to_be_ignored() -> None:
    play(check()).call(headers={"X-Tenant": "BLUE"}).refused(401)
    play(check(ignore="true")).call(headers={"X-Tenant": "BLUE"}).passes()


def test_every_attribute_may_be_an_expression() -> None:
    book = play(
        """<check-header name='@("X-" + "Tenant")'
            failed-check-httpcode='@(400 + 3)'
            failed-check-error-message='@(context.Request.Method + " is not for you")'
            ignore-case='@(context.Request.Method == "POST")'>
            <value>@("bl" + "ue")</value></check-header>"""
    )
    book.call(headers={"X-Tenant": "blue"}).passes()
    book.call(headers={"X-Tenant": "BLUE"}).refused(403, "GET is not for you")
    book.call("POST", headers={"X-Tenant": "BLUE"}).passes()


def test_what_cannot_be_a_status_or_a_flag_is_refused_when_compiled() -> None:
    assert "failed-check-httpcode' is 'many'" in refusal_of(check("many"))
    assert "ignore-case' is 'maybe'" in refusal_of(check(ignore="maybe"))


def test_an_expression_that_gives_no_status_fails_the_call() -> None:
    book = play(inbound=check("@(7)"), on_error=TELL).call().refused(500)
    told = book.answer.header("X-Told") or ""
    assert told.startswith("check-header|ExpressionValueEvaluationFailure|")


def test_all_attributes_are_needed() -> None:
    assert "needs the attribute 'ignore-case'" in refusal_of(
        "<check-header name='a' failed-check-httpcode='401' "
        "failed-check-error-message='no' />"
    )
