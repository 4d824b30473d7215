"""`/developer/pages`: what the publisher wrote, in the reader's language."""

from msgspec import Struct

from bramka.domain.errors import Invalid, Missing
from bramka.domain.traffic.portal_content import PAGE, Page, read_page
from bramka.portals.developer.call import Call
from bramka.portals.markdown import render
from bramka.store.portal import CONTENT_ITEMS


class PageTitle(Struct, frozen=True):
    """A page in the list of them."""

    slug: str
    title: str


class ShownPage(Struct, frozen=True):
    """A page with its text."""

    slug: str
    title: str
    html: str


def list_pages(call: Call) -> list[PageTitle]:
    column = CONTENT_ITEMS.column
    items = CONTENT_ITEMS.all(call.transaction, column.type_id == PAGE)
    found = [(one.noun.id, _page(one.noun.content)) for one in items]
    language = call.reader.language
    shown = [(slug, page) for slug, page in found if page and not page.hidden]
    shown.sort(key=lambda pair: (pair[1].order, pair[1].title.lower()))
    return [PageTitle(slug, page.words(language).title) for slug, page in shown]


def show_page(call: Call) -> ShownPage:
    slug = call.ids["slug"]
    found = CONTENT_ITEMS.find(call.transaction, PAGE, slug)
    page = None if found is None else _page(found.noun.content)
    if page is None:
        raise Missing(f"There is no page '{slug}'.", target="slug")
    words = page.words(call.reader.language)
    return ShownPage(slug, words.title, render(words.markdown))


def _page(content: dict[str, object]) -> Page | None:
    try:
        return read_page(content)
    except Invalid:
        # Written past the REST; one bad page does not hide the others.
        return None
