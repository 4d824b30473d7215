"""Pages, the theme, and what people write: shown, and harmless."""

import base64
import re
from typing import Any

import pytest
from tests.management.console import BASE, VERSION
from tests.portals.developer.face import Face

from bramka.domain.errors import Invalid
from bramka.domain.traffic.portal_content import read_theme
from bramka.portals.markdown import render
from bramka.portals.theme import theme_of

PAGES = "/contentTypes/portalPage/contentItems"
THEME = "/contentTypes/portalTheme/contentItems/default"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(20)).decode()
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/png;base64,PHNjcmlwdD4=)",
    "![x](https://spy.example.com/p.png)",
    "![x](//spy.example.com/p.png)",
    "<img src='/\\spy.example.com/p.png'>",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<svg/onload=alert(1)>",
    "<a href='x' style='position:fixed' onclick=alert(1)>x</a>",
    "<iframe src=//x></iframe><form action=/session><input></form>",
    '[x](https://x "y\\" onmouseover=alert(1) z=\\"")',
    "```x onload=alert(1)\n```",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 on=x>'>",
]


def svg(inside: str, attributes: str = "") -> str:
    text = f'<svg xmlns="http://www.w3.org/2000/svg"{attributes}>{inside}</svg>'
    return f"data:image/svg+xml;base64,{base64.b64encode(text.encode()).decode()}"


def refused(face: Face, path: str, properties: dict[str, Any]) -> str:
    answer = face.publisher.put(
        BASE + path, params=VERSION, json={"properties": properties}
    )
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["message"])


def test_pages_are_written_over_rest_and_read_at_once(each_face: Face) -> None:
    face = each_face
    assert face.get("/pages") == []
    face.publish(f"{PAGES}/terms", {"title": "Terms", "markdown": "x", "order": 2})
    polish = {"pl": {"title": "O nas", "markdown": "*Cześć*"}}
    given = {"title": "About", "markdown": "# Hi\n\n**you**", "translations": polish}
    face.publish(f"{PAGES}/about", given)
    face.publish(f"{PAGES}/draft", {"title": "Draft", "hidden": True})
    titles = [(one["slug"], one["title"]) for one in face.get("/pages")]
    assert titles == [("about", "About"), ("terms", "Terms")]
    page = face.get("/pages/about")
    assert page["html"] == "<h1>Hi</h1>\n<p><strong>you</strong></p>\n"
    assert face.get("/pages/draft")["title"] == "Draft"
    face.join("ann")
    polish_answer = face.call(
        "GET", "/pages/about", "ann", headers={"X-Language": "pl"}
    )
    assert polish_answer.json()["title"] == "O nas"
    assert "<em>Cześć</em>" in polish_answer.json()["html"]
    face.publish(f"{PAGES}/about", None, "DELETE")
    assert face.call("GET", "/pages/about").status_code == 404


def test_a_page_needs_an_address(face: Face) -> None:
    for name in ("Up", "a b", "-a", "a_b"):
        said = refused(face, f"{PAGES}/{name}", {"title": "x"})
        assert "address of a page" in said


def test_a_page_is_checked_when_it_is_written(face: Face) -> None:
    assert "title" in refused(face, f"{PAGES}/a", {"markdown": "x"})
    assert "$.markdown" in refused(face, f"{PAGES}/a", {"title": "x", "markdown": 1})
    assert "unknown field" in refused(face, f"{PAGES}/a", {"title": "x", "html": "y"})


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_people_write_does_no_harm(attack: str) -> None:
    html = render(attack)
    for tag in re.findall(r"<[^>]*>", html):
        plain = re.sub(r'"[^"]*"', '""', tag.lower().replace('="/', "="))
        addresses = re.findall(r'(?:src|href)="([^"]*)"', tag.lower())
        assert not any(re.match(r"\s*(javascript|data|//|/%5c)", a) for a in addresses)
        assert not re.search(r"\son\w+\s*=|style=|srcdoc", plain), html
        name = re.sub(r"[</>].*", "", plain[1:].lstrip("/").split()[0])
        assert name in {"p", "a", "img", "pre", "code", "em", "strong"}, html


def test_markdown_keeps_what_is_meant_well() -> None:
    html = render("| a |\n|---|\n| ~~b~~ |\n\n[x](/apis) ![y](/static/y.png)")
    assert "<td><s>b</s></td>" in html
    assert 'href="/apis"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'src="/static/y.png"' in html
    assert '<code class="language-python">' in render("```python\nx\n```")


def test_the_theme_is_live_at_once(each_face: Face) -> None:
    face = each_face
    with face.store.reading() as transaction:
        assert theme_of(transaction).name == "Books"
    logo = f"data:image/png;base64,{PNG}"
    face.publish(THEME, {"name": "Weather", "logo": logo, "accent": "#00aaFF"})
    with face.store.reading() as transaction:
        theme = theme_of(transaction)
    assert (theme.name, theme.logo, theme.accent) == ("Weather", logo, "#00aaFF")


@pytest.mark.parametrize(
    "logo",
    [
        "https://spy.example.com/logo.png",
        "data:text/html;base64,PHNjcmlwdD4=",
        "data:image/png;base64,PHNjcmlwdD4=",
        "data:image/png;base64,####",
        f"data:image/png;base64,{'A' * 400_000}",
        svg("<script>alert(1)</script>"),
        svg("", ' onload="alert(1)"'),
        svg("<foreignObject><p>x</p></foreignObject>"),
        svg('<use href="https://spy.example.com/x.svg#a"/>'),
        svg('<a xlink:href="javascript:alert(1)"/>'),
        svg('<rect fill="url(https://spy.example.com/)"/>'),
        svg('<rect style="background:url(//x)"/>'),
        svg("<style>@import url(//x)</style>"),
        svg('<animate attributeName="href" values="javascript:alert(1)"/>'),
        "data:image/svg+xml;base64,"
        + base64.b64encode(b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>').decode(),
        svg("<g>"),
    ],
)
def test_logos_that_do_more_than_draw_are_refused(logo: str) -> None:
    with pytest.raises(Invalid, match="logo cannot be used"):
        read_theme({"logo": logo})


def test_drawings_are_taken(face: Face) -> None:
    logo = svg('<g><circle r="5" fill="url(#a)"/><use href="#b"/></g>')
    face.publish(THEME, {"logo": logo})
    assert "logo cannot be used" in refused(face, THEME, {"logo": svg("<x/>")})
    refused(face, THEME, {"accent": "red"})
    refused(face, f"{THEME}s", {"name": "x"})


# --- issues -------------------------------------------------------------------------


def published(face: Face) -> str:
    face.publish_product("outer", "guests", "developers")
    face.publish_api("alpha", "outer")
    face.join("ann")
    face.join("bob")
    return "/apis/alpha/issues"


def test_issues_are_reported_and_talked_about(each_face: Face) -> None:
    face = each_face
    path = published(face)
    given = {"title": "Broken", "description": "It *breaks* <b>"}
    made = face.call("POST", path, "ann", given)
    assert made.status_code == 201
    name = made.json()["id"]
    said = face.call("POST", f"{path}/{name}/comments", "bob", {"text": "Why?"})
    assert said.status_code == 201
    (seen,) = face.get(path, "bob")["value"]
    assert (seen["author"], seen["own"], seen["comments"]) == ("Ann Tester", False, 1)
    assert seen["html"] == "<p>It <em>breaks</em> &lt;b&gt;</p>\n"
    (comment,) = face.get(f"{path}/{name}/comments")["value"]
    assert (comment["text"], comment["author"]) == ("Why?", "Bob Tester")
    # The publisher sees the same, and may take it away.
    managed = face.publish(f"/apis/alpha/issues/{name}", {"state": "removed"}, "PATCH")
    assert managed["properties"]["title"] == "Broken"
    assert face.get(path)["value"] == []
    assert face.call("GET", f"{path}/{name}").status_code == 404


def test_guests_read_issues_and_do_not_write(face: Face) -> None:
    path = published(face)
    given = {"title": "x", "description": "y"}
    assert face.call("POST", path, "", given).status_code == 401
    made = face.call("POST", path, "ann", given).json()
    comments = f"{path}/{made['id']}/comments"
    assert face.call("POST", comments, "", {"text": "z"}).status_code == 401
    assert face.ids(path) == [made["id"]]


def test_issues_are_of_their_api_and_bounded(face: Face) -> None:
    path = published(face)
    face.publish_api("beta", "outer")
    made = face.call("POST", path, "ann", {"title": "x", "description": "y"}).json()
    assert face.call("GET", f"/apis/beta/issues/{made['id']}").status_code == 404
    for wrong in (
        {},
        {"title": " ", "description": "y"},
        {"title": "x", "description": "y" * 20_001},
        {"title": ["x"], "description": "y"},
        {"title": "x", "description": "a\u0000b"},
    ):
        assert face.call("POST", path, "ann", wrong).status_code in (400, 201)
    closed = f"/apis/alpha/issues/{made['id']}"
    face.publish(closed, {"state": "closed"}, "PATCH")
    late = face.call("POST", f"{closed}/comments", "ann", {"text": "more"})
    assert late.status_code == 409
