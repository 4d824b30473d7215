"""<llm-emit-token-metric>: what language models spend, as metrics."""

import json

import pytest

from bramka.domain.traffic.metric import Metrics
from bramka.testing.backends import Reply
from bramka.testing.playbook import Playbook, play

USAGE = {"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}
WHO = (("API ID", "tried"), ("Who", "GET"))


def counted(book: Playbook) -> list[float]:
    metrics = book.gateway.workshop.state.keep(("", "metrics"), Metrics)
    names = ("Total Tokens", "Prompt Tokens", "Completion Tokens")
    return [metrics.total("models", name, WHO) for name in names]


def emitting(name: str, answer: Reply) -> Playbook:
    return play(
        f"""<{name} namespace="models"><dimension name="API ID" />
        <dimension name="Who" value="@(context.Request.Method)" /></{name}>""",
        answers=answer,
    )


@pytest.mark.parametrize(
    "name", ["llm-emit-token-metric", "azure-openai-emit-token-metric"]
)
def test_what_the_answer_tells_is_added_up(name: str) -> None:
    book = emitting(name, Reply(200, json.dumps(USAGE).encode()))
    book.call().passes().call().passes()
    assert counted(book) == [14, 6, 8]


def test_the_last_event_of_a_stream_tells() -> None:
    text = f"data: {{}}\n\ndata: {json.dumps(USAGE)}\n\ndata: [DONE]\n\n"
    events = Reply(200, text.encode(), [("Content-Type", "text/event-stream")])
    assert counted(emitting("llm-emit-token-metric", events).call()) == [7, 3, 4]


def test_the_words_of_the_other_family_are_understood() -> None:
    told = {"usage": {"input_tokens": 2, "output_tokens": 5}}
    answer = Reply(200, json.dumps(told).encode())
    assert counted(emitting("llm-emit-token-metric", answer).call()) == [7, 2, 5]


def test_without_a_word_of_it_tokens_are_estimated() -> None:
    answer = Reply(200, b"x" * 40)
    assert counted(emitting("llm-emit-token-metric", answer).call()) == [10, 0, 10]
