"""Elements that hold markup which is no policy, and templates with double braces."""

import pytest

from bramka.domain.traffic.named_value import expand
from bramka.domain.traffic.policy_text import Element, Expression, read


def only(text: str) -> Element:
    [element] = read(f"<policies>{text}</policies>").children
    return element


def test_markup_inside_is_kept_as_it_was_written() -> None:
    element = only("<set-body a='>'>\n <x y=\"1\"/>&amp;<!-- z --></set-body>")
    assert element.inner is not None
    assert element.inner.literal == '\n <x y="1"/>&amp;<!--   -->'


def test_expressions_inside_markup_are_found_in_order() -> None:
    text = "<a>@(0)</a><set-body><b c='@(1)'>@(2)</b>@{3}</set-body><d>@(4)</d>"
    first, body, last = read(f"<policies>{text}</policies>").children
    assert body.inner is not None
    shown = [
        part.source if isinstance(part, Expression) else part
        for element in (first.text, body.inner, last.text)
        for part in element.parts
    ]
    assert shown == ["0", "<b c='", "1", "'>", "2", "</b>", "3", "4"]


@pytest.mark.parametrize("text", ["<set-body>x</set-body>", "<other><x /></other>"])
def test_other_elements_have_no_such_inside(text: str) -> None:
    assert only(text).inner is None


def test_an_expression_over_several_lines_is_one() -> None:
    element = only("<set-body>a@{\n return\r\n 1;\n}b</set-body>\n<x/>"[:-5])
    before, found, after = element.text.parts
    assert (before, after) == ("a", "b")
    assert isinstance(found, Expression)
    assert found.source.split() == ["return", "1;"]


def test_names_of_a_template_are_no_named_values() -> None:
    text = "{{a}}<set-body template='liquid'>{{a}} {{b}}</set-body>{{a}}"
    expected = "1<set-body template='liquid'>1 {{b}}</set-body>1"
    assert expand(text, {"a": "1"}) == expected
    with pytest.raises(KeyError):
        expand(f"{text}{{{{b}}}}", {"a": "1"})


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ('<a b="{{v}}"/>', '[{"n": "x"}]', '[{"n": "x"}]'),
        ("<a b='{{v}}'/>", "it's <1", "it's <1"),
        ('<a b="/p?{{v}}"/>', "x=1&copy=2", "/p?x=1&copy=2"),
        ('<a b="{{v}}"/>', "x&amp;y", "x&y"),
        ("<a>{{v}}</a>", "https://f.test/?x=1&y=2", "https://f.test/?x=1&y=2"),
        ("<a><![CDATA[{{v}}]]></a>", "x&y", "x&y"),
    ],
)
def test_a_named_value_is_text(text: str, value: str, wanted: str) -> None:
    element = read(expand(text, {"v": value}))
    found = element.attributes["b"] if element.attributes else element.text
    assert found.literal == wanted


@pytest.mark.parametrize(
    ("text", "value", "wanted"),
    [
        ('<a b="@({{v}})"/>', 'x < 1 && y == "z"', 'x < 1 && y == "z"'),
        ('<a b="{{v}}"/>', '@(x("&"))', 'x("&")'),
    ],
)
def test_in_an_expression_a_named_value_is_its_code(
    text: str, value: str, wanted: str
) -> None:
    [part] = read(expand(text, {"v": value})).attributes["b"].parts
    assert isinstance(part, Expression)
    assert part.source == wanted


def test_a_named_value_may_hold_markup_outside_of_attributes() -> None:
    element = read(expand("<a>{{v}}</a>", {"v": "<b c='1'/>"}))
    assert element.children[0].name == "b"
