"""<quota-by-key>: so many calls or bytes in a fixed period for each key."""

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.policy import PolicyDocument
from bramka.testing.backends import Reply
from bramka.testing.clock import FakeClock
from bramka.testing.playbook import play, refusal_of

WHO = '@(context.Request.Headers.GetValueOrDefault("X-Who", ""))'
HOUR = 3600


def quota(what: str = "calls='2'", key: str = WHO, period: int = HOUR) -> str:
    return f"<quota-by-key {what} renewal-period='{period}' counter-key='{key}' />"


def noon() -> FakeClock:
    """1 January 2026, 12:00 UTC."""
    return FakeClock(1_767_268_800.0)


def test_each_key_has_its_calls_until_the_period_is_renewed() -> None:
    book = play(quota(), clock=noon()).after(15 * 60)
    for who in ("ada", "ben"):
        book.call(headers={"X-Who": who}).call(headers={"X-Who": who}).passes()
        book.call(headers={"X-Who": who}).refused(403)
    book.after(45 * 60).call(headers={"X-Who": "ada"}).passes()


def test_a_refusal_says_when_the_quota_is_replenished() -> None:
    book = play(inbound=quota(), on_error=TELL, clock=noon()).after(10 * 60 + 1)
    book.call().call().call().refused(403)
    message = "Out of call volume quota. Quota will be replenished in 00:49:59."
    assert book.answer.text == f'{{ "statusCode": 403, "message": "{message}" }}'
    assert book.answer.reason == "Quota Exceeded"
    assert book.answer.header("Retry-After") == "2999"
    assert book.answer.header("X-Told") == f"quota-by-key|QuotaExceeded|{message}"


def test_the_first_period_may_start_at_another_moment() -> None:
    start = "calls='1' first-period-start='2025-12-31T23:30:00Z'"
    book = play(quota(start), clock=noon()).call().call().refused(403)
    book.after(30 * 60).call().passes()


def test_a_start_without_a_zone_is_in_utc() -> None:
    start = "calls='1' first-period-start='2025-12-31T23:30:00'"
    book = play(quota(start), clock=noon()).call().call().refused(403)
    assert book.answer.header("Retry-After") == "1800"


def test_a_quota_that_never_renews_is_spent_for_good() -> None:
    book = play(quota("calls='1'", period=0)).call().passes().call().refused(403)
    assert book.answer.header("Retry-After") is None
    assert book.answer.text == (
        '{ "statusCode": 403, "message": "Out of call volume quota." }'
    )
    book.after(1e8).call().refused(403)


def test_bandwidth_counts_both_bodies() -> None:
    book = play(quota("bandwidth='1'"), answers=Reply(200, bytes(500)), clock=noon())
    book.call("POST", body=bytes(23)).passes()
    book.call("POST", body=bytes(500)).passes()
    message = "Out of bandwidth quota. Quota will be replenished in 01:00:00."
    book.call().refused(403, message).after(HOUR).call().passes()


def test_calls_and_bandwidth_hold_together() -> None:
    book = play(quota("calls='2' bandwidth='1'"), answers=Reply(200, bytes(1024)))
    book.call().passes().call().refused(403, "Out of bandwidth")
    book = play(quota("calls='1' bandwidth='100'"))
    book.call().passes().call().refused(403, "Out of call volume")


def test_the_same_key_and_period_is_one_counter_and_a_call_counts_once() -> None:
    scope = "apis/tried/operations/post"
    text = f"<policies><inbound><base/>{quota()}</inbound></policies>"
    document = PolicyDocument(scope=scope, text=text)
    book = play(quota(), tables={"policies": {scope: document}})
    book.call("POST").passes().call().passes().call().refused(403)


def test_a_count_may_be_more_than_one_and_a_condition_false() -> None:
    book = play(quota("calls='5' increment-count='3'"))
    book.call().call().passes().call().refused(403)
    book = play(quota("calls='1' increment-condition='false'")).call().call().passes()


def test_an_expression_is_evaluated_once_the_answer_is_known() -> None:
    condition = (
        "calls='1' increment-condition='@(context.Response.StatusCode == 200)' "
        'increment-count=\'@(context.Response.Headers.GetValueOrDefault("X-Cost", '
        '"0").Length)\''
    )
    reply = Reply(200, b"", [("X-Cost", "five!")])
    book = play(quota(condition), answers=reply)
    book.call().passes().call().refused(403)


def test_what_was_spent_survives_another_plan() -> None:
    book = play(quota("calls='1'")).call().passes()
    book.gateway.take(book._configuration())
    book.call().refused(403)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (quota(""), "needs calls or bandwidth"),
        (quota(period=299), "it must be 0 or at least 300 seconds"),
        (quota("calls='0'"), "attribute 'calls' is '0'"),
        (quota("calls='1' first-period-start='soon'"), "it must be a moment such as"),
        (quota("calls='@(1)'"), "'calls' does not take expressions"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    document: str, problem: str
) -> None:
    assert problem in refusal_of(document)
