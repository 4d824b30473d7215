"""<llm-token-limit>: tokens of language models, by minute and by period."""

import json
from typing import Any

import pytest
from tests.policies.telling import TELL

from bramka.policies._usage import prompt_tokens, told_usage
from bramka.policies.llm_token_limit import Period, window
from bramka.testing.backends import Reply
from bramka.testing.clock import FakeClock
from bramka.testing.playbook import Playbook, play, refusal_of

WHO = '@(context.Request.Headers.GetValueOrDefault("X-Who", ""))'
NOON = 1_767_268_800.0
"""1 January 2026, 12:00 UTC, a Thursday."""


def usage(total: int = 10) -> Reply:
    told = {"total_tokens": total, "prompt_tokens": 1}
    text = {"choices": [{"text": 'she said "usage": {}'}], "usage": told}
    return Reply(200, json.dumps(text).encode())


def limited(more: str, answers: Reply | None = None, **how: Any) -> Playbook:
    return play(
        inbound=f"<llm-token-limit counter-key='{WHO}' {more} />",
        on_error=TELL,
        answers=answers or usage(),
        clock=FakeClock(NOON),
        **how,
    )


def test_tokens_are_those_of_the_answer() -> None:
    book = limited("tokens-per-minute='20'").call().passes().after(5).call().passes()
    book.call().answered(
        '{ "statusCode": 429, "message": '
        '"Token limit is exceeded. Try again in 55 seconds." }',
        429,
    )
    assert book.answer.header("Retry-After") == "55"
    assert book.answer.header("X-Told") == (
        "llm-token-limit|TokenLimitExceeded|Token limit is exceeded"
    )
    book.call(headers={"X-Who": "else"}).passes().after(55).call().passes()


def test_the_call_over_the_limit_still_passes_without_an_estimate() -> None:
    limited("tokens-per-minute='5'").call().passes().call().refused(429)


def prompt(characters: int) -> bytes:
    messages = [{"content": "x" * characters}]
    return json.dumps({"model": "m", "messages": messages}).encode()


def test_with_an_estimate_a_prompt_has_to_fit_beforehand() -> None:
    book = limited("tokens-per-minute='20' estimate-prompt-tokens='true'")
    book.call("POST", body=prompt(84)).refused(429).reached(0)
    book.call("POST", body=prompt(80)).passes().call("POST", body=prompt(4))
    book.refused(429)


def test_an_estimate_is_replaced_by_what_was_spent() -> None:
    book = limited("tokens-per-minute='20' estimate-prompt-tokens='true'")
    book.call("POST", body=prompt(20)).passes().call("POST", body=prompt(40)).passes()
    book.call("POST", body=prompt(4)).refused(429)


def test_a_stream_of_events_tells_its_usage_at_its_end() -> None:
    events = b"".join(
        b"data: %b\n\n" % json.dumps(one).encode()
        for one in (
            {"choices": [{"delta": "a"}], "usage": None},
            {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
        )
    )
    reply = Reply(200, events + b"data: [DONE]\n\n")
    book = limited("tokens-per-minute='14'", reply)
    book.call().passes().call().passes().call().refused(429)
    assert book.backends.calls[0].header("Accept-Encoding") is None


def test_without_usage_an_answer_counts_by_its_length_but_errors_do_not() -> None:
    book = limited("tokens-per-minute='10'", Reply(200, b"x" * 40))
    book.call().passes().call().refused(429)
    book = limited("tokens-per-minute='10'", Reply(500, b"x" * 40))
    book.call().call().refused(500)


def test_a_quota_is_refused_with_403_until_its_period_is_over() -> None:
    book = limited("token-quota='10' token-quota-period='Hourly'").after(600)
    book.call().passes().call().answered(
        '{ "statusCode": 403, "message": '
        '"Token quota is exceeded. Try again in 3000 seconds." }',
        403,
    )
    assert book.answer.header("X-Told") == (
        "llm-token-limit|TokenQuotaExceeded|Token quota is exceeded"
    )
    book.after(3000).call().passes()


@pytest.mark.parametrize(
    ("period", "begin", "length"),
    [
        ("Hourly", NOON, 3_600),
        ("Daily", NOON - 43_200, 86_400),
        ("Weekly", NOON - 43_200 - 3 * 86_400, 604_800),
        ("Monthly", NOON - 43_200, 31 * 86_400),
        ("Yearly", NOON - 43_200, 365 * 86_400),
    ],
)
def test_periods_begin_with_the_calendar(
    period: Period, begin: float, length: float
) -> None:
    assert window(period, NOON + 59) == (begin, length)


def test_limit_and_quota_hold_together_and_tell_what_is_left() -> None:
    book = limited(
        "tokens-per-minute='50' token-quota='25' token-quota-period='Daily' "
        "remaining-tokens-header-name='X-Left' "
        "remaining-quota-tokens-header-name='X-Quota' "
        "remaining-tokens-variable-name='l' remaining-quota-tokens-variable-name='q'",
        outbound="""<set-header name='X-Variables'><value>@(
            context.Variables["l"] + " " + context.Variables["q"])</value>
            </set-header>""",
    )
    found = []
    for _ in range(2):
        book.call().passes()
        names = ("X-Left", "X-Quota", "X-Variables")
        found.append([book.answer.header(name) for name in names])
    assert found == [["50", "25", "50 25"], ["40", "15", "40 15"]]
    book.call().passes().call().refused(403)


def test_the_wait_can_be_told_under_other_names() -> None:
    show = """<set-header name='X-Wait-Too'><value>@(
        context.Variables["w"].ToString())</value></set-header>"""
    book = play(
        inbound=f"""<llm-token-limit counter-key='{WHO}' tokens-per-minute='5'
            retry-after-header-name='X-Wait' retry-after-variable-name='w' />""",
        on_error=show,
        answers=usage(),
    )
    book.call().call().refused(429)
    found = [book.answer.header(name) for name in ("X-Wait", "X-Wait-Too")]
    assert found == ["60", "60"]


def test_limits_may_be_expressions() -> None:
    book = limited("tokens-per-minute='@(10 + 5)'").call().call().call().refused(429)
    book.reached(2)
    quota = "token-quota='@(5)' token-quota-period='Daily'"
    limited(quota).call().passes().call().refused(403)


def test_the_other_name_is_the_same_policy() -> None:
    book = play(
        inbound=f"""<azure-openai-token-limit counter-key='{WHO}'
            tokens-per-minute='5' estimate-prompt-tokens='false' />""",
        on_error=TELL,
        answers=usage(),
    )
    book.call().passes().call().refused(429)
    told = book.answer.header("X-Told") or ""
    assert told.startswith("azure-openai-token-limit|")


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        (b"", 0),
        (b"12345", 2),
        (b"[1]", 1),
        (b'{"prompt": "12345"}', 2),
        (b'{"input": ["1234", "5678"], "model": "not counted"}', 2),
        (b'{"messages": [{"content": [{"text": "12345678"}]}]}', 2),
    ],
)
def test_prompts_are_estimated_by_their_text(content: bytes, tokens: int) -> None:
    assert prompt_tokens(content) == tokens


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        (b'{"usage": {"input_tokens": 2, "output_tokens": 3}}', 5),
        (b'{"usage":{"total_tokens":7}}', 7),
        (b'{"model": "usage"}', None),
        (b'{"usage": null}', None),
        (b'{"usage": {"total_tokens": "many"}}', None),
        (b'{"usage": {"total_tok', None),
        (b'{"usage": {"total_tokens": -5}}', 0),
    ],
)
def test_usage_is_found_in_either_family_of_answers(
    content: bytes, tokens: int | None
) -> None:
    assert told_usage(content) == tokens


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("", "needs tokens-per-minute or token-quota"),
        ("token-quota='5'", "needs token-quota and token-quota-period together"),
        ("tokens-per-minute='0'", "attribute 'tokens-per-minute' is '0'"),
        (
            "token-quota='5' token-quota-period='Sometimes'",
            "attribute 'token-quota-period' is 'Sometimes'",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(more: str, problem: str) -> None:
    assert problem in refusal_of(f"<llm-token-limit counter-key='a' {more} />")


def test_what_was_spent_is_told_once_the_answer_is_here() -> None:
    more = """tokens-per-minute='100' tokens-consumed-header-name='X-Spent'
        tokens-consumed-variable-name='spent' estimate-prompt-tokens='true'"""
    told = """<set-header name='X-Var'>
        <value>@(((int)context.Variables["spent"]).ToString())</value></set-header>"""
    told_before = f"""<limit-concurrency key='a' max-count='9'>
        {told.replace("X-Var", "X-Guess")}<forward-request /></limit-concurrency>"""
    book = limited(
        more,
        usage(17),
        outbound=told,
        backend=told_before,
    )
    book.call("POST", body=prompt(40)).passes()
    assert book.answer.header("X-Spent") == "17"
    assert book.answer.header("X-Var") == "17"
    assert book.sent.header("X-Guess") == "10"


def test_a_stream_of_events_is_not_held_back_to_tell() -> None:
    events = Reply(200, b"data: {}\n\n", [("Content-Type", "text/event-stream")])
    more = "tokens-per-minute='100' tokens-consumed-header-name='X-Spent'"
    book = limited(more, events).call().passes()
    assert book.answer.header("X-Spent") is None
    assert book.answer.body == events.body
