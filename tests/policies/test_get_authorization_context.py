"""<get-authorization-context>: tokens that the credential manager keeps."""

import pytest
from tests.policies.telling import TELL

from bramka.domain.errors import BramkaError, Forbidden, Missing, Unavailable
from bramka.domain.traffic.authorization_context import LentToken, WantedToken
from bramka.testing.backends import Call
from bramka.testing.playbook import Playbook, play, refusal_of

POLICY = (
    "<get-authorization-context provider-id='github-01' authorization-id='auth-01' "
    "context-variable-name='auth-context' {more} />"
)
BEARER = """<set-header name="Authorization" exists-action="override">
  <value>@("Bearer " +
    ((Authorization)context.Variables.GetValueOrDefault("auth-context"))?.AccessToken)
  </value></set-header>"""
SCOPE = """<set-header name="x-scope" exists-action="override">
  <value>@((string)((Authorization)context.Variables["auth-context"])
    .Claims["scope"])</value></set-header>"""


class Console:
    """Lends numbered tokens, or what it was told to do instead."""

    def __init__(self, seconds: float = 600) -> None:
        self.seconds = seconds
        self.asked: list[WantedToken] = []
        self.refusal: BramkaError | None = None

    async def lend(self, wanted: WantedToken) -> LentToken:
        self.asked.append(wanted)
        if self.refusal is not None:
            raise self.refusal
        token, claims = f"t{len(self.asked)}", {"scope": "repo", "more": {"a": [1]}}
        return LentToken(access_token=token, claims=claims, seconds=self.seconds)


def with_tokens(console: Console, more: str = "", then: str = BEARER) -> Playbook:
    inbound = POLICY.format(more=more) + then
    return play(inbound=inbound, on_error=TELL, lend=console.lend)


def bearers(book: Playbook) -> list[str]:
    def of(call: Call) -> str:
        return call.headers_of("Authorization")[0].strip()

    return [of(call) for call in book.backends.calls]


def why(book: Playbook) -> str:
    """What on-error tells of a call that failed with 500."""
    book.refused(500)
    return book.answer.headers_of("X-Told")[0].strip()


def test_the_backend_gets_the_token_that_the_connection_holds() -> None:
    console = Console()
    book = with_tokens(console, then=BEARER + SCOPE).call().passes()
    assert bearers(book) == ["Bearer t1"]
    assert book.sent.headers_of("x-scope") == ["repo"]
    assert console.asked == [WantedToken(provider="github-01", authorization="auth-01")]


def test_ids_and_the_name_of_the_variable_may_be_expressions() -> None:
    console = Console()
    inbound = (
        "<get-authorization-context provider-id='@(context.Api.Id)' "
        "authorization-id='@(context.User.Id)' "
        'context-variable-name=\'@("auth" + "-context")\' />'
    )
    book = play(inbound=inbound + BEARER, lend=console.lend).call().passes()
    assert bearers(book) == ["Bearer t1"]
    assert console.asked == [WantedToken(provider="tried", authorization="ada")]


def test_the_caller_asks_with_a_token_of_their_own() -> None:
    console = Console()
    own = "@(context.Request.Headers.GetValueOrDefault('x-me'))".replace("'", "&quot;")
    book = with_tokens(console, f'identity-type="jwt" identity="{own}"')
    book.call(headers={"x-me": "Bearer a.b.c"}).passes().call(headers={"x-me": "d.e.f"})
    book.call(headers={"x-me": "Bearer a.b.c"}).passes()
    assert [one.identity for one in console.asked] == ["a.b.c", "d.e.f"]
    assert {one.identity_type for one in console.asked} == {"jwt"}
    assert bearers(book) == ["Bearer t1", "Bearer t2", "Bearer t1"]


def test_a_token_is_asked_for_once_and_then_again_besides_the_calls() -> None:
    console = Console()
    book = with_tokens(console).together(5)
    assert len(console.asked) == 1
    book.after(59).call()
    assert len(console.asked) == 1
    book.after(2).call().call()
    assert len(console.asked) == 2
    assert bearers(book)[-2:] == ["Bearer t1", "Bearer t2"]


def test_a_good_token_serves_while_the_console_is_away_and_no_longer() -> None:
    console = Console()
    book = with_tokens(console).call().passes()
    console.refusal = Unavailable("the console does not answer.")
    book.after(100).call().passes().after(499).call().passes()
    assert bearers(book) == ["Bearer t1"] * 3
    assert why(book.after(2).call()) == (
        "get-authorization-context|AuthorizationContextNotAvailable|"
        "The connection gave no token: the console does not answer."
    )
    asked = len(console.asked)
    book.call().call()
    assert len(console.asked) == asked, "the console gets a pause"
    console.refusal = None
    book.after(5).call().passes()


@pytest.mark.parametrize("refusal", [Forbidden("not yours"), Missing("not there")])
def test_what_the_console_refuses_is_let_go_of_when_it_was_asked_again(
    refusal: BramkaError,
) -> None:
    console = Console()
    book = with_tokens(console).call().passes()
    console.refusal = refusal
    book.after(61).call().passes()
    assert refusal.message in why(book.call())


def test_an_error_can_be_ignored() -> None:
    console = Console()
    console.refusal = Missing("not there")
    then = """<set-header name="x-null" exists-action="override">
      <value>@((context.Variables["auth-context"] == null).ToString())</value>
      </set-header>"""
    book = with_tokens(console, 'ignore-error="true"', then).call().passes()
    assert book.sent.headers_of("x-null") == ["True"]
    book = with_tokens(console, 'ignore-error="@(false)"', then)
    assert "not there" in why(book.call())


def test_an_unknown_type_of_identity_is_refused() -> None:
    assert "managed or jwt" in refusal_of(POLICY.format(more="identity-type='me'"))
    more = 'identity-type="@(context.Api.Id)"'
    book = with_tokens(Console(), more).call()
    assert "Invalid enum value 'tried'" in why(book)


def test_without_a_console_there_is_no_token() -> None:
    book = play(inbound=POLICY.format(more=""), on_error=TELL).call()
    assert "no console that keeps connections" in why(book)


def test_what_prints_the_variable_does_not_show_the_token() -> None:
    then = """<set-header name="x-shown" exists-action="override">
      <value>@(context.Variables["auth-context"].ToString())</value></set-header>"""
    book = with_tokens(Console(), then=then).call().passes()
    assert "t1" not in book.sent.headers_of("x-shown")[0]
