"""`/developer/apis/{api}/issues`: what readers report and ask, and what is said."""

from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.errors import Conflict, Missing
from bramka.domain.traffic.issue import Comment, Issue
from bramka.portals.developer.call import Call, Created
from bramka.portals.developer.listing import Listing, listed, moment
from bramka.portals.developer.visible import api_of
from bramka.portals.markdown import render
from bramka.store import notice
from bramka.store.issue import COMMENTS, ISSUES
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

ID_BYTES = 8
MOST_OPEN = 50
"""Issues that one reader may have waiting at one API."""
WAITING = ("proposed", "open")
Title = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"\S")]
Text = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=r"\S")]


class ShownIssue(Struct, frozen=True, rename="camel", kw_only=True):
    """An issue; `html` is its description, safe to show."""

    id: str
    title: str
    description: str
    html: str
    state: str
    created_date: str | None
    author: str
    own: bool
    comments: int


class ShownComment(Struct, frozen=True, rename="camel", kw_only=True):
    """A comment; `html` is its text, safe to show."""

    id: str
    text: str
    html: str
    created_date: str | None
    author: str
    own: bool


class NewIssue(Struct, frozen=True):
    """What a reader reports; the description is Markdown."""

    title: Title
    description: Text


class NewComment(Struct, frozen=True):
    """What a reader says; Markdown."""

    text: Text


def list_issues(call: Call) -> Listing[ShownIssue]:
    """The newest first."""
    api = api_of(call.transaction, call.reader, call.ids["api"])
    skip, top = call.page()
    column = ISSUES.column
    where = (column.api_id == api.id, column.state != "removed")
    order = (column.created_date.desc(),)
    page = ISSUES.page(call.transaction, *where, order=order, skip=skip, top=top)
    nouns = [record.noun for record in page.records]
    names = _authors(call.transaction, {one.user_id for one in nouns})
    shown = [_shown(call, one, names) for one in nouns]
    return listed(call, shown, page.total, skip)


def show_issue(call: Call) -> ShownIssue:
    noun = _issue(call)
    return _shown(call, noun, _authors(call.transaction, {noun.user_id}))


def report(call: Call) -> Created:
    user = call.reader.user
    api = api_of(call.transaction, call.reader, call.ids["api"])
    given, column = call.read(NewIssue), ISSUES.column
    mine = (column.api_id == api.id, column.user_id == user)
    waiting = ISSUES.count(call.transaction, *mine, column.state.in_(WAITING))
    if waiting >= MOST_OPEN:
        raise Conflict(
            f"{waiting} issues of yours wait here already; wait for answers."
        )
    noun = Issue(
        api_id=api.id,
        id=call.chance.hex(ID_BYTES),
        title=given.title.strip(),
        description=given.description,
        user_id=user,
        created_date=call.transaction.now,
    )
    ISSUES.insert(call.transaction, noun)
    notice.issue_filed(call.transaction, call.portal, noun)
    return Created(_shown(call, noun, _authors(call.transaction, {user})))


def list_comments(call: Call) -> Listing[ShownComment]:
    """The oldest first."""
    noun = _issue(call)
    skip, top = call.page()
    column = COMMENTS.column
    where = (column.api_id == noun.api_id, column.issue_id == noun.id)
    order = (column.created_date,)
    page = COMMENTS.page(call.transaction, *where, order=order, skip=skip, top=top)
    nouns = [record.noun for record in page.records]
    names = _authors(call.transaction, {one.user_id for one in nouns})
    shown = [_shown_comment(call, one, names) for one in nouns]
    return listed(call, shown, page.total, skip)


def comment(call: Call) -> Created:
    user, issue = call.reader.user, _issue(call)
    if issue.state == "closed":
        raise Conflict("The issue is closed; report another one.", target="issueId")
    noun = Comment(
        api_id=issue.api_id,
        issue_id=issue.id,
        id=call.chance.hex(ID_BYTES),
        text=call.read(NewComment).text,
        user_id=user,
        created_date=call.transaction.now,
    )
    COMMENTS.insert(call.transaction, noun)
    notice.comment_added(call.transaction, call.portal, noun)
    return Created(_shown_comment(call, noun, _authors(call.transaction, {user})))


def _issue(call: Call) -> Issue:
    """The issue; Missing for what was removed or is not the reader's to see."""
    api = api_of(call.transaction, call.reader, call.ids["api"])
    found = ISSUES.find(call.transaction, api.id, call.ids["issue"])
    if found is None or found.noun.state == "removed":
        raise Missing(f"Issue '{call.ids['issue']}' not found.", target="issueId")
    return found.noun


def _authors(transaction: Transaction, ids: set[str]) -> dict[str, str]:
    found = USERS.find_all(transaction, [(one,) for one in sorted(ids)])
    return {one.noun.id: f"{one.noun.first_name} {one.noun.last_name}" for one in found}


def _shown(call: Call, noun: Issue, names: dict[str, str]) -> ShownIssue:
    column = COMMENTS.column
    said = (column.api_id == noun.api_id, column.issue_id == noun.id)
    return ShownIssue(
        id=noun.id,
        title=noun.title,
        description=noun.description,
        html=render(noun.description),
        state=noun.state,
        created_date=moment(noun.created_date),
        author=names.get(noun.user_id, ""),
        own=noun.user_id == call.reader.user_id,
        comments=COMMENTS.count(call.transaction, *said),
    )


def _shown_comment(call: Call, noun: Comment, names: dict[str, str]) -> ShownComment:
    return ShownComment(
        id=noun.id,
        text=noun.text,
        html=render(noun.text),
        created_date=moment(noun.created_date),
        author=names.get(noun.user_id, ""),
        own=noun.user_id == call.reader.user_id,
    )
