"""<return-response>: answering at once."""

from bramka.testing.backends import Reply
from bramka.testing.playbook import play


def test_an_empty_one_answers_200_and_nothing() -> None:
    play("<return-response />").call().answered("").reached(0)


def test_it_carries_status_fields_and_body() -> None:
    book = play(
        """<return-response>
             <set-status code="418" reason="Teapot" />
             <set-header name="X-Pot" exists-action="override">
               <value>@(context.Request.Method)</value></set-header>
             <set-body>short and stout</set-body>
           </return-response>"""
    )
    book.call().answered("short and stout", 418).reached(0)
    assert (book.answer.reason, book.answer.header("X-Pot")) == ("Teapot", "GET")


def test_nothing_behind_it_runs() -> None:
    play(
        inbound="<return-response />",
        outbound="<set-body>outbound</set-body>",
        on_error="<set-body>on-error</set-body>",
    ).call().answered("")


def test_in_outbound_it_replaces_the_backends_answer() -> None:
    text = "<return-response><set-body>instead</set-body></return-response>"
    play(outbound=text).call().answered("instead").reached(1)


def test_in_on_error_it_replaces_the_error() -> None:
    play(
        inbound="<rate-limit calls='1' renewal-period='60'/>",
        on_error="""<return-response><set-status code="503" />
            <set-body>busy</set-body></return-response>""",
    ).call().passes().call().answered("busy", 503)


def test_expressions_inside_see_the_response_before() -> None:
    text = """<return-response><set-status code="@(context.Response.StatusCode + 1)" />
        <set-body>@(context.Response.Body.As<string>() + "!")</set-body>
        </return-response>"""
    play(outbound=text).call().answered("from the backend!", 201)
    blind = "<set-body>@(context.Response == null ? 1 : 2)</set-body>"
    play(f"<return-response>{blind}</return-response>").call().answered("1")


def test_it_answers_what_a_request_of_the_gateway_was_answered() -> None:
    ask = """<send-request response-variable-name="it"><set-url>http://a.test/</set-url>
        </send-request><return-response response-variable-name="it">
        <set-header name="X-Seen"><value>@(context.Request.Method)</value></set-header>
        </return-response>"""
    book = play(ask, hosts={"a.test": Reply(207, b"it", [("X-A", "1")])}).call()
    book.answered("it", 207)
    assert (book.answer.header("X-A"), book.answer.header("X-Seen")) == ("1", "GET")
