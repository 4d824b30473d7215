"""<choose>: what stands under the first condition that holds."""

import pytest

from bramka.testing.playbook import play, refusal_of

KINDS = """
<choose>
  <when condition="@(context.Request.Method == "GET")">
    <set-header name="X-Kind"><value>reading</value></set-header>
  </when>
  <when condition="@(context.Request.Method != "PUT")">
    <set-header name="X-Kind"><value>writing</value></set-header>
  </when>
  <otherwise>
    <set-header name="X-Kind"><value>putting</value></set-header>
  </otherwise>
</choose>
"""


@pytest.mark.parametrize(
    ("method", "kind"), [("GET", "reading"), ("POST", "writing"), ("PUT", "putting")]
)
def test_the_first_condition_that_holds_wins(method: str, kind: str) -> None:
    assert play(KINDS).call(method).sent.header("X-Kind") == kind


def test_without_otherwise_nothing_may_happen() -> None:
    text = '<choose><when condition="@(false)"><return-response /></when></choose>'
    play(text).call().passes().reached(1)


def test_an_answer_inside_ends_the_call() -> None:
    text = '<choose><when condition="true"><return-response /></when></choose>'
    play(text).call().answered("").reached(0)


def test_it_may_stand_inside_itself() -> None:
    inner = KINDS.replace("reading", "inner")
    text = f"<choose><when condition='@(true)'>{inner}</when></choose>"
    assert play(text).call().sent.header("X-Kind") == "inner"


def test_the_backend_may_be_chosen_where_it_is_called() -> None:
    text = """<choose><when condition="@(context.Request.Method == "GET")">
        <forward-request /></when></choose>"""
    book = play(backend=text).call().passes().reached(1)
    book.call("POST").answered("").reached(1)


def test_last_error_tells_the_path() -> None:
    text = """<choose><when condition="@(false)" />
        <when condition="@(true)"><set-status code="@(9)" /></when></choose>"""
    told = "<set-body>@(context.LastError.Path)</set-body>"
    play(text, on_error=told).call().answered("choose[1]/when[2]/set-status[1]", 500)


def test_conditions_may_read_the_body() -> None:
    text = """<choose><when condition="@(context.Request.Body.As<string>(true)
        == "please")"><return-response /></when></choose>"""
    book = play(text)
    book.call("POST", body=b"please").answered("").reached(0)
    book.call("POST", body=b"now").passes()
    assert book.sent.body == b"now"


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("", "has to begin with <when"),
        ("<otherwise />", "has to begin with <when"),
        ("<when />", "needs the attribute 'condition'"),
        ("<when condition='true' /><otherwise /><when condition='true'/>", "behind"),
        ("<when condition='true'>prose</when>", "<when> holds text"),
        ("<when condition='true'><nothing /></when>", "<nothing> is not a policy"),
        (
            "<when condition='true' /><set-method>GET</set-method>",
            "cannot stand inside",
        ),
    ],
)
def test_its_form_is_checked(inner: str, told: str) -> None:
    assert told in refusal_of(f"<choose>{inner}</choose>")
