"""<forward-request>: the call goes on to the backend."""

import pytest

from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import play, refusal_of

SLOW = Reply(200, b"late", delay=20)


def test_a_backend_that_takes_too_long_is_given_up() -> None:
    book = play(backend="<forward-request timeout='10' />", answers=SLOW)
    book.call().refused(500, "Internal server error")


def test_a_backend_in_time_is_waited_for() -> None:
    play(backend="<forward-request timeout='30' />", answers=SLOW).call().passes()


def test_the_time_can_be_told_in_milliseconds() -> None:
    book = play(backend="<forward-request timeout-ms='10000' />", answers=SLOW)
    book.call().refused(500)


def test_last_error_tells_of_a_time_out() -> None:
    play(
        backend="<forward-request timeout='5' />",
        on_error="""<set-body>@(context.LastError.Source + "|" +
            context.LastError.Reason)</set-body>""",
        answers=SLOW,
    ).call().answered("forward-request|Timeout", 500)


@pytest.mark.parametrize("status", [400, 503])
def test_an_error_status_may_run_on_error(status: int) -> None:
    text = "<set-body>@(context.LastError.Reason)</set-body>"
    broken = Reply(status, b"sorry")
    book = play(
        backend="<forward-request fail-on-error-status-code='true' />",
        on_error=text,
        answers=broken,
    )
    book.call().answered("BackendErrorStatusCode", status)
    book = play(
        backend="""<retry condition="@(false)" count="1" interval="0">
            <forward-request fail-on-error-status-code="true" /></retry>""",
        on_error=text,
        answers=broken,
    )
    book.call().answered("BackendErrorStatusCode", status)
    play(on_error=text, answers=broken).call().answered("sorry", status)


def test_without_it_the_backend_is_not_called() -> None:
    text = "<policies><inbound/><backend/><outbound/></policies>"
    play(text).call().answered("").reached(0)


@pytest.mark.parametrize("body", [b"", b"a body"])
def test_method_target_fields_and_body_go_on(body: bytes) -> None:
    book = play(backend="<forward-request buffer-request-body='true' />")
    book.call("PUT", "/a%20b?c=1", body, {"X-Mine": "1"}).passes()
    sent = book.sent
    assert (sent.method, sent.target, sent.body) == ("PUT", "/a%20b?c=1", body)
    assert sent.header("X-Mine") == "1"
    assert sent.header("Ocp-Apim-Subscription-Key") is None


def test_redirects_are_handed_on_unless_they_are_to_be_followed() -> None:
    hosts = {"other.test": Reply(200, b"there")}
    moved = Reply(302, b"", [("Location", "http://other.test/x")])
    play(answers=moved, hosts=hosts).call().refused(302)
    follow = "<forward-request follow-redirects='true' />"
    book = play(backend=follow, answers=moved, hosts=hosts)
    book.call().answered("there")
    assert book.sent.url == "other.test/x"


def test_a_redirect_without_a_host_stays_at_the_backend() -> None:
    def answer(call: Call) -> Reply:
        if call.target == "/a/old":
            return Reply(303, b"", [("Location", "new?x=1")])
        return Reply(200, call.method.encode() + call.body)

    book = play(
        inbound="<set-backend-service base-url='http://spare.test/a' />",
        backend="<forward-request follow-redirects='true' />",
        hosts={"spare.test": answer},
    )
    book.call("POST", "/old", b"body", {"Authorization": "mine"}).answered("GET")
    assert book.sent.url == "spare.test/a/new?x=1"
    assert book.sent.header("Authorization") is None


def test_redirects_in_a_circle_end() -> None:
    moved = Reply(307, b"", [("Location", "/")])
    follow = "<forward-request follow-redirects='true' />"
    play(backend=follow, answers=moved).call().refused(307).reached(11)


def test_an_expression_may_say_how_long_to_wait() -> None:
    wait = '@(int.Parse(context.Request.Headers.GetValueOrDefault("X-Wait", "1")))'
    book = play(backend=f"<forward-request timeout='{wait}' />", answers=SLOW)
    book.call().refused(500).call(headers={"X-Wait": "30"}).passes()
    book.call(headers={"X-Wait": "0"}).refused(500)


def test_an_expression_may_say_whether_to_follow() -> None:
    def answer(call: Call) -> Reply:
        moved = call.target == "/"
        return Reply(302, b"", [("Location", "/there")]) if moved else Reply(200)

    follow = '@(context.Request.Headers.ContainsKey("X-Follow"))'
    text = f"<forward-request follow-redirects='{follow}' />"
    book = play(backend=text, answers=answer)
    book.call(headers={"X-Follow": "1"}).passes()
    assert book.call().answer.status == 302


def test_backends_are_spoken_to_in_http_1() -> None:
    text = "<forward-request http-version='2or1' continue-timeout='5' />"
    play(backend=text).call().passes()
    told = refusal_of(backend="<forward-request http-version='2' />")
    assert "write 1 or 2or1" in told


@pytest.mark.parametrize("wrong", ["0", "soon", "-1", "inf"])
def test_a_time_is_a_number_above_nothing(wrong: str) -> None:
    told = refusal_of(backend=f"<forward-request timeout='{wrong}' />")
    assert "attribute 'timeout' is" in told
