"""<find-and-replace>: texts in bodies."""

import gzip

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

TEXT = "<find-and-replace from='cat' to='dog' />"


def test_every_place_in_the_answer_is_replaced() -> None:
    play(outbound=TEXT, answers=Reply(200, b"cat.*cat")).call().answered("dog.*dog")


def test_the_request_is_changed_in_inbound() -> None:
    assert play(TEXT).call("POST", body=b"a cat").sent.body == b"a dog"


def test_both_take_expressions() -> None:
    text = '<find-and-replace from="@("c" + "at")" to="@(1 + 1)" />'
    play(outbound=text, answers=Reply(200, b"cat")).call().answered("2")


def test_a_compressed_body_is_read_and_sent_on_plain() -> None:
    packed = Reply(200, gzip.compress(b"cat"), [("Content-Encoding", "gzip")])
    book = play(outbound=TEXT, answers=packed).call().answered("dog")
    assert book.answer.header("Content-Encoding") is None


def test_a_body_without_it_stays_as_it_came() -> None:
    packed = Reply(200, gzip.compress(b"cow"), [("Content-Encoding", "gzip")])
    book = play(outbound=TEXT, answers=packed).call()
    assert book.answer.body == packed.body
    assert book.answer.header("Content-Encoding") == "gzip"


def test_a_coding_that_cannot_be_undone_is_an_error() -> None:
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    for coding, reason in (("br", "UnsupportedContentEncoding"), ("gzip", "Invalid")):
        strange = Reply(200, b"cat", [("Content-Encoding", coding)])
        book = play(outbound=TEXT, on_error=told, answers=strange).call()
        assert book.answer.text.startswith(reason)


def test_a_body_does_not_grow_without_end() -> None:
    text = "<find-and-replace from='a' to='@(new string(\"b\"[0], 100000))' />"
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    book = play(inbound=text, on_error=told).call("POST", body=b"a" * 10_000)
    book.answered("BodyTooLarge", 500)


def test_it_must_say_what_to_find() -> None:
    assert "'from' is empty" in refusal_of("<find-and-replace from='' to='x' />")
