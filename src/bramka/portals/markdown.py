"""Markdown that people wrote, as HTML that cannot do harm."""

import nh3
from markdown_it import MarkdownIt

_WRITER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = frozenset(
    (
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    )
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "code": {"class"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto", "data"}
_PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;")


def render(text: str) -> str:
    """The HTML of a text; what is no plain markup is gone."""
    return nh3.clean(
        _WRITER.render(text),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def _kept(tag: str, name: str, value: str) -> str | None:
    """Pictures come with the page, so that reading it asks no other site."""
    if tag == "img" and name == "src":
        own = value.startswith("/") and not value.startswith(("//", "/\\"))
        return value if own or value.startswith(_PICTURES) else None
    if value.strip().lower().startswith("data:"):
        return None
    if tag == "code":
        return value if value.startswith("language-") else None
    return value
