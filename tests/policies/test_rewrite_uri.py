"""<rewrite-uri>: another path at the backend."""

import pytest

from bramka.domain.traffic.operation import Operation
from bramka.testing.playbook import play, refusal_of

ITEM = Operation(
    id="item",
    api_id="tried",
    display_name="Item",
    method="GET",
    url_template="/shops/{shop}/items/{id}?lang={lang}",
)


def target(text: str, path: str, policy: str = "") -> str:
    book = play(f"{text}{policy}", operations=[ITEM])
    return book.call(path=path).passes().sent.target


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("/new", "/new?x=1&y=%32"),
        ("/{id}/of/{SHOP}", "/7%208/of/a%40b?x=1&y=%32"),
        ("/i?item={id}&amp;l={lang}", "/i?item=7%208&l=pl%26&x=1&y=%32"),
        ("/i?x=own", "/i?x=own&y=%32"),
        ("/with space", "/with%20space?x=1&y=%32"),
    ],
)
def test_the_template_is_filled_and_other_parameters_added(
    template: str, expected: str
) -> None:
    text = f"<rewrite-uri template='{template}' />"
    path = "/shops/a%40b/items/7%208?lang=pl%26&x=1&y=%32"
    assert target(text, path) == expected


def test_other_parameters_may_be_left_out() -> None:
    text = "<rewrite-uri template='/n?i={id}' copy-unmatched-params='false' />"
    assert target(text, "/shops/a/items/1?lang=pl&x=1") == "/n?i=1"


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("?a=b", "/?a=b"),
        ("set('{id}')", "/set('1')"),
        ('@("new/" + 1)', "/new/1"),
        ('@("")', "/"),
    ],
)
def test_a_path_always_begins_with_a_slash(template: str, wanted: str) -> None:
    text = f'<rewrite-uri template="{template}" copy-unmatched-params="false" />'
    assert target(text, "/shops/a/items/1?lang=pl") == wanted


def test_both_take_expressions() -> None:
    text = """<rewrite-uri template="@("/" + context.Request.MatchedParameters["id"])"
        copy-unmatched-params="@(1 == 2)" />"""
    assert target(text, "/shops/a/items/1?lang=pl&x=1") == "/1"


def test_the_path_stands_behind_the_backends_own() -> None:
    move = "<set-backend-service base-url='http://backend.test/base' />"
    text = "<rewrite-uri template='/new' />"
    assert target(text, "/shops/a/items/1?lang=pl", move) == "/base/new"
    assert target(move, "/shops/a/items/1?lang=pl", text) == "/base/new"


def test_a_parameter_that_is_not_there_is_an_error() -> None:
    text = "<rewrite-uri template='/{none}' />"
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    book = play(text, on_error=told).call()
    book.answered("TemplateParameterNotFound", 500)


def test_its_form_is_checked() -> None:
    told = refusal_of("<rewrite-uri template='http://other.test/x' />")
    assert "<set-backend-service> takes the address" in told
    told = refusal_of("<rewrite-uri template='/x' copy-unmatched-params='no' />")
    assert "'copy-unmatched-params' is 'no'" in told
