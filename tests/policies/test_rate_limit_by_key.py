"""<rate-limit-by-key>: so many calls in any stretch of time for each key."""

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.policy import PolicyDocument
from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import play, refusal_of

WHO = '@(context.Request.Headers.GetValueOrDefault("X-Who", ""))'


def limit(more: str = "", calls: str = "2", key: str = WHO, period: str = "60") -> str:
    return (
        f"<rate-limit-by-key calls='{calls}' renewal-period='{period}' "
        f"counter-key='{key}' {more} />"
    )


def test_each_key_is_counted_by_itself() -> None:
    book = play(limit())
    for who in ("ada", "ben"):
        book.call(headers={"X-Who": who}).passes()
        book.call(headers={"X-Who": who}).passes()
        book.call(headers={"X-Who": who}).refused(429)
    book.after(60).call(headers={"X-Who": "ada"}).passes()


def test_a_refusal_says_how_long_to_wait() -> None:
    book = play(inbound=limit(), on_error=TELL).call().after(20).call().call()
    assert book.answer.text == (
        '{ "statusCode": 429, "message": '
        '"Rate limit is exceeded. Try again in 40 seconds." }'
    )
    assert book.answer.header("Retry-After") == "40"
    assert book.answer.header("X-Told") == (
        "rate-limit-by-key|RateLimitExceeded|Rate limit is exceeded"
    )


def test_it_counts_without_a_subscription_too() -> None:
    book = play(limit(calls="1"), open_api=True)
    book.call(key=None).passes().call(key=None).refused(429)


def test_the_same_key_is_one_counter_wherever_a_policy_stands() -> None:
    other = f"<policies><inbound><base/>{limit()}</inbound></policies>"
    scope = "apis/tried/operations/post"
    document = PolicyDocument(scope=scope, text=other)
    book = play(limit(), tables={"policies": {scope: document}})
    # The POST meets both policies, and counts once.
    book.call("POST").call("GET").passes().call("GET").refused(429)


def test_another_period_is_another_counter() -> None:
    both = limit(calls="2", period="30") + limit(calls="3", period="300")
    book = play(inbound=both).call().call().passes().call().refused(429)
    book.after(30).call().passes().call().refused(429).after(30).call().refused(429)
    assert book.answer.header("Retry-After") == "240"


def test_a_count_may_be_more_than_one() -> None:
    book = play(limit("increment-count='3'", calls="7"))
    book.call().call().passes().call().refused(429)


def test_a_count_over_the_limit_never_passes() -> None:
    play(limit("increment-count='3'")).call().refused(429)


def test_a_condition_that_is_false_counts_nothing() -> None:
    book = play(limit("increment-condition='false'", calls="1"))
    book.call().call().call().passes()


def status_of_path(call: Call) -> Reply:
    return Reply(int(call.target.strip("/") or 200), b"seen")


def test_a_condition_may_look_at_the_answer() -> None:
    condition = "increment-condition='@(context.Response.StatusCode == 200)'"
    book = play(limit(condition, calls="1"), answers=status_of_path)
    book.call(path="/404").call(path="/500").call(path="/200").passes()
    book.call().refused(429)


def test_with_an_expression_the_first_call_over_the_limit_still_passes() -> None:
    source = "increment-count='@(context.Response.StatusCode - 198)'"
    book = play(limit(source, calls="3"))
    book.call().passes().call().passes().call().refused(429).after(60).call().passes()


def test_a_refused_call_is_not_counted_later() -> None:
    source = "increment-count='@(1)'"
    book = play(limit(source, calls="1")).call().after(30).call().refused(429)
    book.after(30).call().passes()


def test_a_count_may_look_into_the_answers_body() -> None:
    source = "increment-count='@(int.Parse(context.Response.Body.As<string>(true)))'"
    book = play(limit(source, calls="5"), answers=Reply(200, b"5"))
    book.call().answered("5").call().refused(429)


def test_an_increment_that_fails_counts_as_one() -> None:
    source = "increment-count='@(int.Parse(context.Response.Body.As<string>(true)))'"
    book = play(limit(source, calls="1"), answers=Reply(200, b"many"))
    book.call().passes().call().refused(429)


def test_answers_of_policies_are_looked_at_as_well() -> None:
    condition = "increment-condition='@(context.Response.StatusCode == 201)'"
    made = "<return-response><set-status code='201' reason='Made'/></return-response>"
    book = play(inbound=limit(condition, calls="1") + made)
    book.call().passes().call().refused(429)


def test_what_is_left_and_allowed_can_be_told() -> None:
    book = play(
        inbound=limit(
            "remaining-calls-header-name='X-Left' total-calls-header-name='X-All' "
            "remaining-calls-variable-name='left'"
        ),
        outbound="""<set-header name='X-Variable'>
            <value>@(context.Variables["left"].ToString())</value></set-header>""",
    ).call()
    told = [book.answer.header(name) for name in ("X-Left", "X-All", "X-Variable")]
    assert told == ["1", "2", "1"]


def test_the_wait_can_be_told_under_other_names() -> None:
    names = "retry-after-header-name='X-Wait' retry-after-variable-name='wait'"
    tell = """<set-header name='X-Told'><value>@(context.Variables["wait"].ToString())
        </value></set-header>"""
    book = play(inbound=limit(names, calls="1"), on_error=tell).call().call()
    assert book.answer.header("X-Wait") == "60"
    assert book.answer.header("X-Told") == "60"
    assert book.answer.header("Retry-After") is None


def test_limit_and_period_may_be_expressions() -> None:
    calls = '@(context.Request.Method == "GET" ? 1 : 2)'
    book = play(limit(calls=calls, period="@(10 * 2)", key="all"))
    book.call().passes().call().refused(429).call("POST").passes()
    book.after(20).call().passes()


@pytest.mark.parametrize(
    ("more", "calls", "period", "problem"),
    [
        ("", "0", "60", "attribute 'calls' is '0'"),
        ("", "5", "301", "'renewal-period' is '301'; it must be a whole number from 1"),
        ("increment-count='-1'", "5", "60", "attribute 'increment-count' is '-1'"),
        ("increment-condition='so'", "5", "60", "it can be true or false"),
        ("counter='x'", "5", "60", "did you mean 'counter-key'?"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    more: str, calls: str, period: str, problem: str
) -> None:
    assert problem in refusal_of(limit(more, calls=calls, period=period))
