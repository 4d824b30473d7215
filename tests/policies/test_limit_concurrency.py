"""<limit-concurrency>: so many calls at the same time."""

from bramka.testing.backends import Reply
from bramka.testing.playbook import play

SLOW = Reply(200, b"done", delay=5)


def limited(key: str = "all", most: int = 2) -> str:
    return f"""<limit-concurrency key="{key}" max-count="{most}">
        <forward-request /></limit-concurrency>"""


def test_calls_above_the_limit_are_refused_at_once() -> None:
    book = play(backend=limited(), answers=SLOW).together(5).reached(2)
    assert sorted(one.status for one in book.answers) == [200, 200, 429, 429, 429]
    refused = next(one for one in book.answers if one.status == 429)
    assert refused.text == (
        '{ "statusCode": 429, '
        '"message": "Too many calls are in progress. Try again later." }'
    )


def test_who_leaves_makes_room() -> None:
    book = play(backend=limited(most=1), answers=SLOW)
    book.call().passes().call().passes().together(2).call().passes()


def test_who_fails_makes_room_too() -> None:
    book = play(
        inbound="<set-backend-service base-url='http://nowhere.test' />",
        backend=limited(most=1),
    )
    book.call().refused(500).call().refused(500)


def test_every_key_is_counted_by_itself() -> None:
    key = "@(context.RequestId.ToString())"
    book = play(backend=limited(key, 1), answers=SLOW).together(3)
    assert [one.status for one in book.answers] == [200, 200, 200]


def test_last_error_tells_what_was_exceeded() -> None:
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    book = play(backend=limited(most=1), on_error=told, answers=SLOW).together(2)
    assert {one.text for one in book.answers} == {"done", "ConcurrencyLimitExceeded"}


def test_what_takes_no_time_is_never_too_much() -> None:
    text = """<limit-concurrency key="k" max-count="1">
        <set-method>PUT</set-method></limit-concurrency>"""
    assert {one.status for one in play(text).together(3).answers} == {200}
