"""<ip-filter>: callers are known by the address they connect from."""

import pytest
from tests.policies.telling import TELL

from bramka.testing.playbook import play, refusal_of

CALLER = "192.0.2.1"


def listed(action: str, inside: str) -> str:
    return f"<ip-filter action='{action}'>{inside}</ip-filter>"


@pytest.mark.parametrize(
    "inside",
    [
        f"<address>{CALLER}</address>",
        f"<address> ::ffff:{CALLER} </address>",
        "<address>198.51.100.1</address><address>192.0.2.1</address>",
        "<address-range from='192.0.2.1' to='192.0.2.9' />",
        "<address-range from='192.0.1.255' to='192.0.2.1' />",
        "<address>@(context.Request.IpAddress)</address>",
        "<address-range from='@(\"192.0.2.0\")' to='192.0.2.9' />",
    ],
)
def test_who_is_listed_is_allowed_or_forbidden(inside: str) -> None:
    play(listed("allow", inside)).call().passes()
    play(listed("forbid", inside)).call().refused(403)


@pytest.mark.parametrize(
    "inside",
    [
        "<address>192.0.2.2</address>",
        "<address-range from='192.0.2.2' to='192.0.2.255' />",
        "<address-range from='::' to='ffff::' />",
        '<address>@("nonsense")</address>',
    ],
)
def test_who_is_not_listed_is_refused_by_allow_only(inside: str) -> None:
    play(listed("forbid", inside)).call().passes()
    play(listed("allow", inside)).call().refused(403)


def test_a_refusal_tells_on_error_whom_and_why_but_not_the_caller() -> None:
    address = "<address>192.0.2.2</address>"
    book = play(inbound=listed("allow", address), on_error=TELL).call()
    book.answered('{ "statusCode": 403, "message": "Forbidden" }', 403)
    assert book.answer.header("X-Told") == (
        "ip-filter|CallerIpNotAllowed|"
        "Caller IP address 192.0.2.1 is not allowed. Access denied."
    )
    address = f"<address>{CALLER}</address>"
    book = play(inbound=listed("forbid", address), on_error=TELL).call()
    assert book.answer.header("X-Told") == (
        "ip-filter|CallerIpBlocked|Caller IP address is blocked. Access denied."
    )


def test_what_x_forwarded_for_says_is_not_believed() -> None:
    book = play(listed("allow", "<address>10.0.0.1</address>"))
    book.call(headers={"X-Forwarded-For": "10.0.0.1"}).refused(403)


def test_the_action_may_be_an_expression() -> None:
    source = '@(context.Request.Method == "GET" ? "allow" : "forbid")'
    book = play(listed(source, f"<address>{CALLER}</address>"))
    book.call().passes().call("POST").refused(403)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (listed("keep", "<address>1.2.3.4</address>"), "it can be allow, forbid"),
        (listed("allow", ""), "needs an <address>"),
        (listed("allow", "<address>1.2.3</address>"), "'1.2.3' is not an IP address"),
        (
            listed("allow", "<address-range from='1.0.0.2' to='1.0.0.1' />"),
            "the range from 1.0.0.2 to 1.0.0.1 is empty",
        ),
        (listed("allow", "<adress>1.2.3.4</adress>"), "did you mean <address>?"),
        (listed("allow", "<address-range from='::' />"), "needs the attribute 'to'"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    document: str, problem: str
) -> None:
    assert problem in refusal_of(document)
