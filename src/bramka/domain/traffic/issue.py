"""Issues: what developers report about an API."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class Issue(Struct, frozen=True, rename="camel", kw_only=True):
    """One report."""

    api_id: str
    id: str
    title: Annotated[str, Meta(min_length=1)]
    description: str
    user_id: str
    state: Literal["proposed", "open", "removed", "resolved", "closed"] = "proposed"
    created_date: float | None = None
    """Seconds since 1970 UTC."""


class Comment(Struct, frozen=True, rename="camel", kw_only=True):
    """What somebody says about an issue."""

    api_id: str
    issue_id: str
    id: str
    text: str
    user_id: str
    created_date: float | None = None


class Attachment(Struct, frozen=True, rename="camel", kw_only=True):
    """A file that belongs to an issue: a link, or base64."""

    api_id: str
    issue_id: str
    id: str
    title: str
    content_format: str
    content: str
