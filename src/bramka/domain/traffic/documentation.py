"""Documentation: pages in Markdown, and wikis that put them in order."""

from msgspec import Struct


class Documentation(Struct, frozen=True, rename="camel", kw_only=True):
    """One page."""

    id: str
    title: str | None = None
    content: str | None = None


class WikiPage(Struct, frozen=True, rename="camel", kw_only=True):
    """A place of a page in a wiki."""

    documentation_id: str


class Wiki(Struct, frozen=True, rename="camel", kw_only=True):
    """The pages of an API or a product; `scope` is `apis/{id}` or `products/{id}`."""

    scope: str
    documents: tuple[WikiPage, ...] = ()
