"""<authentication-managed-identity>: tokens by client credentials."""

from urllib.parse import parse_qs

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.identity import Identity
from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import Playbook, play

ME = Identity(
    token_endpoint="http://login.test/token", client_id="gate", client_secret="s3cret"
)
POLICY = "<authentication-managed-identity resource='https://data' {more} />"


class Login:
    """A token endpoint."""

    def __init__(self, life: object = 3600) -> None:
        self.life = life
        self.asked: list[dict[str, list[str]]] = []

    def __call__(self, call: Call) -> Reply:
        self.asked.append(parse_qs(call.text))
        body = f'{{"access_token": "t{len(self.asked)}", "expires_in": {self.life}}}'
        return Reply(200, body.encode())


def logged_in(
    login: Login | Reply, more: str = "", identity: Identity | None = ME, **how: str
) -> Playbook:
    document = POLICY.format(more=more) + how.pop("then", "")
    return play(
        inbound=document,
        on_error=TELL,
        hosts={"login.test": login},
        identity=identity,
    )


def test_the_backend_gets_the_token() -> None:
    login = Login()
    book = logged_in(login).call(headers={"Authorization": "mine"}).passes()
    assert book.sent.headers_of("Authorization") == ["Bearer t1"]
    assert login.asked == [
        {
            "grant_type": ["client_credentials"],
            "client_id": ["gate"],
            "client_secret": ["s3cret"],
            "resource": ["https://data"],
        }
    ]


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    login = Login('"600"')
    book = logged_in(login).call().after(539).call()
    assert len(login.asked) == 1
    book.after(1).call()
    assert len(login.asked) == 2
    assert book.sent.header("Authorization") == "Bearer t2"


def test_calls_at_the_same_moment_ask_once() -> None:
    login = Login()
    logged_in(login).together(5)
    assert len(login.asked) == 1


def test_the_resource_may_be_asked_for_as_a_scope() -> None:
    login = Login()
    identity = Identity(
        token_endpoint=ME.token_endpoint,
        client_id="gate",
        client_secret="s",
        asks_by="scope",
    )
    logged_in(login, identity=identity).call()
    assert login.asked[0]["scope"] == ["https://data/.default"]
    assert "resource" not in login.asked[0]


def test_another_account_may_be_named() -> None:
    login = Login()
    logged_in(login, "client-id='other'").call()
    assert login.asked[0]["client_id"] == ["other"]


def test_the_token_may_go_into_a_variable_instead() -> None:
    show = """<return-response><set-body>@((string)context.Variables["token"])
        </set-body></return-response>"""
    book = logged_in(Login(), "output-token-variable-name='token'", then=show)
    assert book.call().answer.text.strip() == "t1"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Reply(401, b"{}"), "it answered 401"),
        (Reply(200, b"<html>"), "what it answered is no token"),
        (Reply(200, b"{}", delay=11.0), "it did not answer within 10 seconds"),
    ],
)
def test_without_a_token_the_call_fails(answer: Reply, why: str) -> None:
    book = logged_in(answer).call().refused(500)
    assert book.answer.header("X-Told") == (
        "authentication-managed-identity|ManagedIdentityTokenNotAcquired|"
        f"The token endpoint gave no token: {why}."
    )


def test_with_ignore_error_it_goes_on_without() -> None:
    book = logged_in(Reply(401), "ignore-error='true'")
    book.call(headers={"Authorization": "mine"}).passes()
    assert book.sent.header("Authorization") == "mine"
    names = "output-token-variable-name='token' ignore-error='true'"
    show = """<return-response><set-body>@(
        context.Variables["token"] == null ? "none" : "some")</set-body>
        </return-response>"""
    logged_in(Reply(401), names, then=show).call().answered("none")


def test_a_gateway_without_an_identity_says_what_to_set() -> None:
    book = logged_in(Login(), identity=None).call().refused(500)
    told = book.answer.header("X-Told") or ""
    assert "set identity_token_endpoint, identity_client_id" in told


def test_the_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(ME)


def test_a_request_of_outbound_gets_a_token_too() -> None:
    outbound = f"""{POLICY.format(more="output-token-variable-name='token'")}
        <send-request mode="new" response-variable-name="kept">
            <set-url>http://store.test/file</set-url>
            <set-method>PUT</set-method>
            <set-header name="Authorization" exists-action="override">
                <value>@("Bearer " + (string)context.Variables["token"])</value>
            </set-header>
        </send-request>"""
    book = play(
        outbound=outbound,
        hosts={"login.test": Login(), "store.test": Reply(201)},
        identity=ME,
    )
    book.call().passes()
    assert book.sent.header("Authorization") == "Bearer t1"
