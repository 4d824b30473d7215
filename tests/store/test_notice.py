"""Who is told of what by mail, on both databases."""

from collections.abc import Sequence

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import select

from bramka.domain.traffic.account_mail import Letter
from bramka.domain.traffic.issue import Comment, Issue
from bramka.domain.traffic.mail import Notification
from bramka.domain.traffic.subscription import State, Subscription
from bramka.domain.traffic.user import User
from bramka.store import account, notice, user
from bramka.store.account import Account
from bramka.store.issue import ISSUES
from bramka.store.mail import NOTIFICATIONS
from bramka.store.mail_queue import MAIL
from bramka.store.transaction import Store, Transaction
from bramka.testing import FakeChance

PORTAL = "http://portal.test"
HELD = Subscription(
    id="held", scope="/products/starter", owner_id="ann", display_name="Mine"
)


def add_user(transaction: Transaction, name: str, language: str = "en") -> User:
    noun = User(
        id=name, first_name=name.title(), last_name="T", email=f"{name}@example.com"
    )
    user.put(transaction, noun)
    account.put(transaction, name, Account(language=language))
    return noun


def tell_of(
    transaction: Transaction, event: str, *emails: str, users: Sequence[str] = ()
) -> None:
    noun = Notification(id=event, emails=emails, users=tuple(users))
    NOTIFICATIONS.put(transaction, noun)


def letters(transaction: Transaction) -> list[Letter]:
    rows = transaction.connection.execute(select(MAIL).order_by(MAIL.c.id))
    cipher = transaction.vault.cipher
    return [
        msgspec.json.decode(cipher.decrypt(row.letter, f"mail/{row.id}"), type=Letter)
        for row in rows
    ]


def told(transaction: Transaction) -> list[tuple[str, str, str]]:
    return [(one.template, one.recipient, one.language) for one in letters(transaction)]


@pytest.mark.parametrize(
    ("before", "after", "template"),
    [
        (None, "submitted", "requestDeveloperNotificationMessage"),
        (None, "active", "purchaseDeveloperNotificationMessage"),
        ("submitted", "active", "purchaseDeveloperNotificationMessage"),
        ("submitted", "rejected", "rejectDeveloperNotificationMessage"),
        ("active", "cancelled", "cancelDeveloperNotificationMessage"),
        ("suspended", "cancelled", "cancelDeveloperNotificationMessage"),
    ],
)
def test_the_owner_is_told_what_became_of_a_subscription(
    demo: Store, before: State | None, after: State, template: str
) -> None:
    with demo.writing() as transaction:
        add_user(transaction, "ann", "pl")
        old = None if before is None else structs.replace(HELD, state=before)
        new = structs.replace(HELD, state=after, state_comment="no room")
        notice.subscription_changed(transaction, PORTAL, new, old)
        assert told(transaction) == [(template, "ann@example.com", "pl")]
        tokens = letters(transaction)[0].tokens
    assert (tokens["ProdName"], tokens["SubscriptionTitle"]) == ("Starter", "Mine")
    assert tokens["SubscriptionDeclineReason"] == "no room"
    assert tokens["OrganizationName"] == "Books"


@pytest.mark.parametrize(
    ("before", "after"),
    [("active", "active"), ("active", "suspended"), ("suspended", "active")],
)
def test_what_says_nothing_new_is_not_told(
    demo: Store, before: State, after: State
) -> None:
    with demo.writing() as transaction:
        add_user(transaction, "ann")
        old, new = (structs.replace(HELD, state=one) for one in (before, after))
        notice.subscription_changed(transaction, PORTAL, new, old)
        alone = structs.replace(new, owner_id=None, state="cancelled")
        notice.subscription_changed(transaction, PORTAL, alone, old)
        assert told(transaction) == []


def test_those_who_asked_for_it_are_told_of_new_subscriptions(demo: Store) -> None:
    request = "RequestPublisherNotificationMessage"
    purchase = "PurchasePublisherNotificationMessage"
    with demo.writing() as transaction:
        add_user(transaction, "ann")
        add_user(transaction, "boss", "pl")
        blocked = structs.replace(add_user(transaction, "gone"), state="blocked")
        user.put(transaction, blocked)
        tell_of(transaction, request, "desk@example.com", users=["boss", "gone"])
        tell_of(transaction, purchase, "sales@example.com")
        for state in ("submitted", "active"):
            new = structs.replace(HELD, state=state)
            notice.subscription_changed(transaction, PORTAL, new, None)
        publishers = [one for one in told(transaction) if "Publisher" in one[0]]
    assert publishers == [
        (request, "desk@example.com", "en"),
        (request, "boss@example.com", "pl"),
        (purchase, "sales@example.com", "en"),
    ]


def test_copies_are_made_of_all_but_what_opens_accounts(demo: Store) -> None:

    with demo.writing() as transaction:
        ann = add_user(transaction, "ann")
        tell_of(transaction, "BCC", "archive@example.com")
        notice.send_link(transaction, FakeChance(), PORTAL, "reset", ann)
        welcome = "newDeveloperNotificationMessage"
        notice.to_developer(transaction, PORTAL, ann, welcome, {})
        recipients = [(one[0], one[1]) for one in told(transaction)]
    assert recipients == [
        ("passwordResetIdentityDefault", "ann@example.com"),
        (welcome, "ann@example.com"),
        (welcome, "archive@example.com"),
    ]


def test_issues_and_comments_reach_who_cares(demo: Store) -> None:
    event = "NewIssuePublisherNotificationMessage"
    issue = Issue(
        api_id="echo", id="i", title="Slow", description="Very", user_id="ann"
    )
    comment = Comment(api_id="echo", issue_id="i", id="c", text="Why?", user_id="bob")
    own = structs.replace(comment, id="d", user_id="ann", text="Still")
    with demo.writing() as transaction:
        add_user(transaction, "ann")
        add_user(transaction, "bob")
        tell_of(transaction, event, "desk@example.com")
        ISSUES.insert(transaction, issue)
        notice.issue_filed(transaction, PORTAL, issue)
        notice.comment_added(transaction, PORTAL, comment)
        notice.comment_added(transaction, PORTAL, own)
        found = [(one[0], one[1]) for one in told(transaction)]
    assert found == [
        ("newIssueNotificationMessage", "ann@example.com"),
        (event, "desk@example.com"),
        ("newCommentNotificationMessage", "ann@example.com"),
        (event, "desk@example.com"),
        (event, "desk@example.com"),
    ]


def test_a_closed_account_is_told_to_both_sides(demo: Store) -> None:
    with demo.writing() as transaction:
        ann = add_user(transaction, "ann")
        tell_of(transaction, "AccountClosedPublisher", "desk@example.com")
        notice.account_closed(transaction, PORTAL, ann)
        assert [one[1] for one in told(transaction)] == [
            "ann@example.com",
            "desk@example.com",
        ]
