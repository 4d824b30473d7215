"""<set-status>: the status of the answer."""

from bramka.testing.playbook import play, refusal_of


def test_code_and_reason_are_replaced() -> None:
    book = play(outbound="<set-status code='202' reason='Taken note' />").call()
    assert (book.answer.status, book.answer.reason) == (202, "Taken note")


def test_without_a_reason_the_usual_one_is_given() -> None:
    book = play(outbound="<set-status code='404' />").call()
    assert book.answer.reason == "Not Found"


def test_both_take_expressions() -> None:
    text = '<set-status code="@(200 + 4)" reason="@("n" + 1)" />'
    book = play(outbound=text).call()
    assert (book.answer.status, book.answer.reason) == (204, "n1")


def test_an_expression_that_gives_no_status_is_an_error() -> None:
    play(
        outbound='<set-status code="@(99)" />',
        on_error="<set-body>@(context.LastError.Reason)</set-body>",
    ).call().answered("InvalidStatusCode", 500)


def test_a_constant_that_is_no_status_is_refused() -> None:
    told = refusal_of(outbound="<set-status code='600' />")
    assert "code is '600'; it must be a number from 100 to 599" in told


def test_in_inbound_there_is_no_answer_to_change() -> None:
    play(inbound="<set-status code='404' />").call().passes()
