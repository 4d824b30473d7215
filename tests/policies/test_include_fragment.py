"""<include-fragment>: pieces of policy written once."""

import pytest

from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.policy import Fragment
from bramka.testing.playbook import play, refusal_of

INCLUDE = "<include-fragment fragment-id='common' />"


def fragments(text: str, *, escaped: bool = False) -> dict[str, dict[str, object]]:
    value = NamedValue(id="v", display_name="the-tag", value="tagged")
    return {
        "fragments": {"common": Fragment(id="common", text=text, escaped=escaped)},
        "named_values": {"v": value},
    }


def test_what_the_fragment_holds_is_done_here() -> None:
    text = """<fragment><set-header name="X-Tag">
        <value>{{the-tag}}</value></set-header></fragment>"""
    book = play(INCLUDE, tables=fragments(text))
    assert book.call().sent.header("X-Tag") == "tagged"


def test_a_fragment_may_call_the_backend() -> None:
    tables = fragments("<fragment><forward-request /></fragment>")
    play(backend=INCLUDE, tables=tables).call().passes().reached(1)


def test_a_fragment_may_be_escaped() -> None:
    text = "<fragment><set-method>@(&quot;PUT&quot;)</set-method></fragment>"
    book = play(INCLUDE, tables=fragments(text, escaped=True))
    assert book.call().sent.method == "PUT"


def test_a_fragment_that_waits_is_waited_for() -> None:
    text = """<fragment><retry condition="@(false)" count="1" interval="1">
        <forward-request /></retry></fragment>"""
    play(backend=INCLUDE, tables=fragments(text)).call().passes().reached(1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<fragment><set-metod/></fragment>", "in fragment 'common': Error in element"),
        ("<policies />", "the root element is <policies>"),
        (f"<fragment>{INCLUDE}</fragment>", "cannot hold <include-fragment>"),
        ("<fragment><base /></fragment>", "cannot hold <base>"),
        ("<fragment>", "not well-formed"),
    ],
)
def test_a_fragment_that_does_not_fit_is_refused(text: str, told: str) -> None:
    assert told in refusal_of(INCLUDE, tables=fragments(text))


def test_an_unknown_fragment_is_refused() -> None:
    assert "there is no fragment 'common'" in refusal_of(INCLUDE)
