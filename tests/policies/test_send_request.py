"""<send-request>: another service is asked while the call waits."""

import pytest
from tests.policies.telling import TELL

from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import Playbook, play, refusal_of

OTHER = "other.test"
SHOW = '<return-response response-variable-name="answer" />'


def request(
    inside: str = f"<set-url>http://{OTHER}/ask?x=1</set-url>", more: str = ""
) -> str:
    return (
        f"<send-request response-variable-name='answer' {more}>{inside}</send-request>"
    )


def echo(call: Call) -> Reply:
    return Reply(200, f"{call.method} {call.target} {call.text}".encode())


def asks(inbound: str, **how: object) -> Playbook:
    return play(inbound=inbound, hosts={OTHER: echo}, **how)  # type: ignore[arg-type] # passed on


def test_the_answer_is_in_the_variable() -> None:
    asks(request() + SHOW).call().answered("GET /ask?x=1 ").reached(1)


def test_the_call_goes_on_to_the_backend_afterwards() -> None:
    asks(request()).call().answered("from the backend").reached(2)


def test_expressions_know_the_answer_as_a_response() -> None:
    tell = """<return-response><set-body>@{
        var answer = (IResponse)context.Variables["answer"];
        return answer.StatusCode + " " + answer.Headers.GetValueOrDefault("X-A", "")
            + " " + answer.Body.As<string>(true);
      }</set-body></return-response>"""
    reply = Reply(404, b"nobody", [("X-A", "b")])
    book = play(inbound=request() + tell, hosts={OTHER: reply})
    book.call().answered("404 b nobody")


def test_method_fields_and_body_are_the_authors() -> None:
    inside = f"""<set-url>@("http://{OTHER}/" + context.Request.Method)</set-url>
        <set-method>post</set-method>
        <set-header name='X-Who'><value>@(context.User.FirstName)</value></set-header>
        <set-header name='X-Many' exists-action='append'>
          <value>1</value><value>2</value></set-header>
        <set-body>@("I am " + context.User.Id)</set-body>"""
    book = asks(request(inside) + SHOW).call().answered("POST /GET I am ada")
    fields = [book.sent.header(name) for name in ("X-Who", "X-Many", "Host")]
    assert fields == ["Ada", "1,2", OTHER]


def test_a_body_that_can_be_read_once_is_passed_on() -> None:
    inside = f"""<set-url>http://{OTHER}</set-url><set-method>PUT</set-method>
        <set-body>@(context.Request.Body.As<string>())</set-body>"""
    book = asks(request(inside)).call("POST", body=b"once").passes()
    assert book.backends.calls[0].body == b"once"


def test_a_host_of_its_own_may_be_named() -> None:
    inside = f"""<set-url>http://{OTHER}/</set-url>
        <set-header name='Host'><value>else.test</value></set-header>"""
    assert asks(request(inside)).call().backends.calls[0].header("Host") == "else.test"


def test_a_new_request_has_nothing_of_the_callers() -> None:
    book = asks(request()).call(headers={"X-Mine": "1", "Authorization": "Bearer t"})
    first = book.backends.calls[0]
    assert first.header("X-Mine") is None
    assert first.header("Authorization") is None


def test_a_copy_takes_over_all_but_the_key_and_the_codings() -> None:
    book = asks(request(more="mode='copy'") + SHOW)
    headers = {"X-Mine": "1", "Accept-Encoding": "gzip"}
    book.call("POST", body=b"hello", headers=headers).answered("POST /ask?x=1 hello")
    sent = book.sent
    assert sent.header("X-Mine") == "1"
    assert sent.header("Ocp-Apim-Subscription-Key") is None
    assert sent.header("Accept-Encoding") is None


def test_a_copy_without_an_address_goes_where_the_call_goes() -> None:
    book = asks(request("", "mode='copy'") + SHOW).call(path="/here?y=2")
    book.answered("from the backend")
    assert book.sent.target == "/here?y=2"


def test_the_mode_may_be_an_expression() -> None:
    book = asks(request(more='mode=\'@("co" + "py")\'') + SHOW)
    book.call("PUT", body=b"x").answered("PUT /ask?x=1 x")


def test_without_an_answer_the_call_fails() -> None:
    inside = "<set-url>http://nowhere.test/</set-url>"
    book = asks(request(inside), on_error=TELL).call().refused(500)
    assert book.answer.header("X-Told") == (
        "send-request|BackendConnectionFailure|"
        "http://nowhere.test cannot be reached: there is no host nowhere.test"
    )


def test_with_ignore_error_the_variable_is_null() -> None:
    inside = "<set-url>http://nowhere.test/</set-url>"
    tell = """<return-response><set-body>@(
        context.Variables["answer"] == null ? "null" : "there")</set-body>
        </return-response>"""
    asks(request(inside, "ignore-error='true'") + tell).call().answered("null")


@pytest.mark.parametrize(("timeout", "waits"), [("2", 2.0), ("@(3)", 3.0), ("", 60.0)])
def test_an_answer_that_takes_too_long_is_not_waited_for(
    timeout: str, waits: float
) -> None:
    more = f"timeout='{timeout}'" if timeout else ""
    slow = {OTHER: Reply(200, b"late", delay=100.0)}
    book = play(inbound=request(more=more), on_error=TELL, hosts=slow)
    before = book.clock.monotonic()
    book.call().refused(500)
    assert book.clock.monotonic() - before == pytest.approx(waits)
    assert book.answer.header("X-Told") == (
        f"send-request|Timeout|There was no answer within {waits:g} seconds."
    )


def test_it_may_stand_in_every_section() -> None:
    body = '<set-body>@(((IResponse)context.Variables["answer"]).StatusCode)</set-body>'
    play(outbound=request() + body, hosts={OTHER: echo}).call().answered("200")
    failing = "<set-variable name='x' value='@(int.Parse(\"x\"))' />"
    play(
        inbound=failing, on_error=request() + SHOW, hosts={OTHER: echo}
    ).call().passes()


def test_a_connection_is_used_again() -> None:
    book = asks(request()).call().call()
    assert [call.host for call in book.backends.calls].count(OTHER) == 2


def test_a_token_of_the_gateway_needs_an_identity() -> None:
    inside = f"""<set-url>http://{OTHER}/</set-url>
        <authentication-managed-identity resource='https://x' />"""
    book = asks(request(inside), on_error=TELL).call().refused(500)
    told = book.answer.header("X-Told") or ""
    assert told.startswith("send-request|ManagedIdentityNotConfigured|")


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (request(""), "needs a <set-url>"),
        (request(more="mode='clone'"), "it can be new, copy"),
        (request(more="timeout='0'"), "attribute 'timeout' is '0'"),
        ("<send-request />", "needs the attribute 'response-variable-name'"),
        (request("<set-uri>x</set-uri>"), "did you mean <set-url>?"),
        (request("<proxy url='here' />"), "it must be an address such as"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    document: str, problem: str
) -> None:
    assert problem in refusal_of(document)


def test_a_template_sees_the_body_of_the_call() -> None:
    inside = f"""<set-url>http://{OTHER}/t</set-url><set-method>POST</set-method>
        <set-body template="liquid">code={{{{body.code}}}}</set-body>"""
    book = asks(request(inside) + SHOW)
    json = {"Content-Type": "application/json"}
    book.call("POST", body=b'{"code": 7}', headers=json).answered("POST /t code=7")


def test_a_template_behind_the_backend_sees_its_answer() -> None:
    inside = f"""<set-url>http://{OTHER}/t</set-url><set-method>POST</set-method>
        <set-body template="liquid">got {{{{body}}}}</set-body>"""
    book = play(outbound=request(inside) + SHOW, hosts={OTHER: echo})
    book.call().answered("POST /t got from the backend")


def test_markup_inside_of_the_body_is_the_body() -> None:
    inside = f"""<set-url>http://{OTHER}/t</set-url><set-method>POST</set-method>
        <set-body><a x="1">@(1 + 1)</a></set-body>"""
    asks(request(inside) + SHOW).call().answered('POST /t <a x="1">2</a>')


def test_an_address_with_blanks_is_written_as_an_address() -> None:
    policy = """<send-request mode="new" response-variable-name="found">
        <set-url>@("http://rows.test/Rows(Key='a b')?ą=<1>")</set-url>
        <set-method>GET</set-method></send-request>"""
    book = play(policy, hosts={"rows.test": Reply(200)}).call().passes()
    target = book.backends.calls[0].target
    assert target == "/Rows(Key='a%20b')?%C4%85=%3C1%3E"
