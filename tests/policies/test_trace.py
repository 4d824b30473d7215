"""<trace>: lines for whoever looks into a call."""

import logging

import pytest

from bramka.testing.playbook import play, refusal_of

NAME = "bramka.policies.trace"


def logged(caplog: pytest.LogCaptureFixture, text: str) -> list[tuple[int, str]]:
    with caplog.at_level(logging.DEBUG, NAME):
        play(text).call().passes()
    return [
        (one.levelno, one.getMessage()) for one in caplog.records if one.name == NAME
    ]


def test_the_message_and_its_details_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = """<trace source="shop" severity="error">
        <message>@("a " + context.Request.Method)</message>
        <metadata name="step" value="@(1 + 1)" /><metadata name="x" value="y" />
        </trace>"""
    [(level, line)] = logged(caplog, text)
    assert level == logging.ERROR
    assert line.startswith("shop: 'a GET' step='2' x='y' [")


def test_a_line_break_does_not_begin_another_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = '<trace source="s"><message>@("a\\nb")</message></trace>'
    [(level, line)] = logged(caplog, text)
    assert level == logging.DEBUG
    assert "\n" not in line


def test_the_text_of_the_element_does_as_well(caplog: pytest.LogCaptureFixture) -> None:
    text = "<trace source='s' severity='information'> On error </trace>"
    [(level, line)] = logged(caplog, text)
    assert level == logging.INFO
    assert "'On error'" in line


def test_nobody_looks_so_nothing_is_evaluated() -> None:
    text = (
        '<trace source="s"><message>@((string)context.Variables["x"])</message></trace>'
    )
    play(text).call().passes()


def test_it_needs_a_message() -> None:
    assert "needs a <message>" in refusal_of("<trace source='s' />")


def test_a_named_message_is_a_detail(caplog: pytest.LogCaptureFixture) -> None:
    text = """<trace source="s" severity="error">
        <message>lost</message>
        <message name="Service">PDV</message>
        <metadata name="@(context.Request.Method)" value="1" />
    </trace>"""
    [(_, line)] = logged(caplog, text)
    assert line.startswith("s: 'lost' Service='PDV' GET='1' [")


def test_it_has_one_message() -> None:
    text = "<trace source='s'><message>a</message><message>b</message></trace>"
    assert "has a second message; <metadata> adds details" in refusal_of(text)
