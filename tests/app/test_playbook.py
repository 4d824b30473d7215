"""The Playbook: policies tried as a story."""

import time
from typing import Any

import pytest

from bramka.domain.errors import Invalid
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.user import User
from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import Playbook, play, refusal_of

LIMIT = "<rate-limit calls='1' renewal-period='60'/>"


def test_a_story_reads_as_it_happens() -> None:
    play(LIMIT).call().passes().call().refused(429).after(60).call().passes()


def test_waiting_takes_no_time() -> None:
    begun = time.monotonic()
    book = play(answers=Reply(200, delay=200)).call().passes()
    assert book.clock.elapsed >= 200
    assert time.monotonic() - begun < 150


def test_what_the_backend_was_asked_is_noted() -> None:
    book = play().call("PUT", "/a?b=c", b"body", {"X-One": "1"})
    sent = book.sent
    assert (sent.method, sent.url, sent.text) == ("PUT", "backend.test/a?b=c", "body")
    assert (sent.header("x-one"), sent.header("none")) == ("1", None)


def test_a_backend_may_answer_as_it_likes_or_hang_up() -> None:
    def answer(call: Call) -> Reply:
        if call.target == "/gone":
            raise OSError
        return Reply(201, call.target.encode(), [("X-A", "1"), ("X-A", "2")])

    book = play(answers=answer).call(path="/x").answered("/x", 201)
    assert book.answer.header("X-A") == "1,2"
    book.call(path="/gone").refused(500)


def test_calls_may_come_together() -> None:
    book = play(LIMIT).together(3)
    assert sorted(one.status for one in book.answers) == [200, 429, 429]


def test_every_claim_can_fail() -> None:
    book = play(LIMIT).call()
    with pytest.raises(AssertionError, match="expected 429, got 200 OK"):
        book.refused(429)
    with pytest.raises(AssertionError, match="expected 200 'x', got 200 OK"):
        book.answered("x")
    with pytest.raises(AssertionError, match="expected 2 calls of backends, got 1"):
        book.reached(2)
    with pytest.raises(AssertionError, match="was not let through: 429"):
        book.call().passes()
    with pytest.raises(AssertionError, match="expected 'why', got 429"):
        book.refused(429, "why")
    with pytest.raises(AssertionError, match="no call reached a backend"):
        _ = play("<return-response />").call().sent
    with pytest.raises(AssertionError, match="it compiles"):
        refusal_of(LIMIT)


def test_a_call_that_is_never_answered_is_told() -> None:
    forever = play(
        backend="<forward-request timeout='100000' />", answers=Reply(200, delay=99_999)
    )
    with pytest.raises(AssertionError, match="never answered"):
        forever.call()


def test_a_whole_document_may_be_given() -> None:
    text = "<policies><inbound><return-response /></inbound></policies>"
    book: Playbook = play(text).call().answered("")
    assert "1 APIs" in repr(book)


def test_what_does_not_compile_is_refused() -> None:
    with pytest.raises(Invalid):
        play("<rate-limit />")


def test_expressions_know_the_instance_and_its_nouns() -> None:
    text = """<return-response><set-body>@(context.Deployment.Region + " " +
        context.Deployment.ServiceName + " " +
        string.Join(",", context.User.Groups.Select(one => one.Name)) + " " +
        string.Join(",", context.Product.Apis.Select(one => one.Name)))
        </set-body></return-response>"""
    group = Group(id="devs", display_name="Developers")
    user = User(
        id="ada",
        first_name="Ada",
        last_name="L",
        email="ada@example.com",
        groups=("devs",),
    )
    tables: dict[str, dict[str, Any]] = {
        "groups": {"devs": group},
        "users": {"ada": user},
    }
    book = play(text, region="West US", tables=tables).call()
    book.answered("West US playbook Developers Tried")
