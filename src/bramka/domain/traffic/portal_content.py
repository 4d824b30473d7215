"""What publishers write for the developer face: pages in Markdown, and the theme.

Both are content items of types that are always there.
"""

import base64
import re
from collections.abc import Mapping
from typing import Annotated, Any
from xml.parsers import expat

import msgspec
from msgspec import Meta, Struct, field

from bramka.domain.errors import Invalid
from bramka.domain.traffic.portal import ContentType

PAGE, THEME = "portalPage", "portalTheme"
THEME_ITEM = "default"
LARGEST_LOGO = 256 * 1024
_PICTURE = re.compile(
    r"data:image/(png|jpeg|gif|webp|svg\+xml)(?:;charset=utf-8)?;base64,"
    r"([A-Za-z0-9+/=]+)"
)
_BEGINNINGS = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
}
_SHAPES = frozenset(
    (
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "lineargradient",
        "radialgradient",
        "stop",
        "clippath",
        "mask",
        "symbol",
        "use",
    )
)
"""Elements that only draw."""


class Words(Struct, frozen=True, rename="camel", kw_only=True):
    """A page in another language."""

    title: Annotated[str, Meta(min_length=1, max_length=300)]
    markdown: Annotated[str, Meta(max_length=200_000)] = ""


class Page(
    Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True
):
    """One page; its id is the slug in its address."""

    title: Annotated[str, Meta(min_length=1, max_length=300)]
    markdown: Annotated[str, Meta(max_length=200_000)] = ""
    order: int = 0
    hidden: bool = False
    """Not listed; whoever has the address still reads it."""
    translations: dict[str, Words] = field(default_factory=dict)
    """Language → the page in it."""

    def words(self, language: str) -> Words:
        """The page in a language, or as it was written first."""
        here = Words(title=self.title, markdown=self.markdown)
        return self.translations.get(language, here)


class Theme(
    Struct, frozen=True, rename="camel", kw_only=True, forbid_unknown_fields=True
):
    """What the developer face is called and looks like."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    logo: str | None = None
    """A picture as a data: URL; nothing is loaded from elsewhere."""
    accent: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None


TYPES = {
    PAGE: ContentType(
        id=PAGE,
        name="Page",
        description="A page of the developer portal, in Markdown.",
        schema=msgspec.json.schema(Page),
    ),
    THEME: ContentType(
        id=THEME,
        name="Theme",
        description=f"Name, logo and colour of the portal; its item is {THEME_ITEM}.",
        schema=msgspec.json.schema(Theme),
    ),
}


def read_page(content: Mapping[str, Any]) -> Page:
    """The page in a content item; Invalid says what is wrong with it."""
    try:
        return msgspec.convert(dict(content), Page)
    except msgspec.ValidationError as error:
        raise Invalid(f"The page cannot be used: {error}", target=PAGE) from None


def read_theme(content: Mapping[str, Any]) -> Theme:
    """The theme in a content item; Invalid says what is wrong with it."""
    try:
        theme = msgspec.convert(dict(content), Theme)
    except msgspec.ValidationError as error:
        raise Invalid(f"The theme cannot be used: {error}", target=THEME) from None
    if theme.logo is not None:
        _check_logo(theme.logo)
    return theme


def check_content(type_id: str, item_id: str, content: Mapping[str, Any]) -> None:
    """Invalid unless an item of one of our types can be shown."""
    if type_id == PAGE:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", item_id):
            raise Invalid(
                f"'{item_id[:80]}' cannot be the address of a page; use a-z, 0-9 "
                "and -.",
                target="contentItemId",
            )
        read_page(content)
    elif type_id == THEME:
        if item_id != THEME_ITEM:
            raise Invalid(
                f"There is one theme; it is called {THEME_ITEM}.",
                target="contentItemId",
            )
        read_theme(content)


def _check_logo(text: str) -> None:
    found = _PICTURE.fullmatch(text)
    if found is None:
        raise _unfit("it must be data:image/…;base64, of png, jpeg, gif, webp or svg")
    kind, encoded = found.groups()
    try:
        picture = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise _unfit("it is not base64") from None
    if len(picture) > LARGEST_LOGO:
        raise _unfit(f"it is larger than {LARGEST_LOGO} bytes")
    if kind == "svg+xml":
        _check_drawing(picture)
    elif not picture.startswith(_BEGINNINGS[kind]):
        raise _unfit(f"it is no {kind}")


def _check_drawing(picture: bytes) -> None:
    """Invalid unless an SVG only draws: no script, no style, nothing from elsewhere."""
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2].lower()
        if plain not in _SHAPES:
            raise _unfit(f"<{name[:40]}> is not a shape")
        for key, value in attributes.items():
            if not _only_draws(key.lower(), value):
                raise _unfit(f"{key[:40]} on <{name}> may do more than draw")

    def refuse(*_: object) -> None:
        raise _unfit("it has a DOCTYPE or a processing instruction")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    try:
        parser.Parse(picture, True)
    except expat.ExpatError as error:
        raise _unfit(f"it is not XML: {expat.errors.messages[error.code]}") from None


def _only_draws(name: str, value: str) -> bool:
    plain = name.rpartition(":")[2]
    if name.startswith("xmlns"):
        return True
    if plain.startswith("on") or plain == "style":
        return False
    if plain == "href":
        return value.startswith("#")
    text = "".join(value.split()).lower()
    return "url(" not in text.replace("url(#", "") and "script:" not in text


def _unfit(why: str) -> Invalid:
    return Invalid(f"The logo cannot be used: {why}.", target="logo")
