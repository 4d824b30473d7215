"""Who is told of what, by mail: queued in the transaction of what happened."""

from collections.abc import Mapping

from bramka.domain.clock import Chance
from bramka.domain.traffic.account_mail import Letter
from bramka.domain.traffic.account_session import Purpose
from bramka.domain.traffic.issue import Comment, Issue
from bramka.domain.traffic.mail import LINK, holds_link
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import User
from bramka.store import account, account_link, instance
from bramka.store.api import APIS
from bramka.store.issue import ISSUES
from bramka.store.mail import NOTIFICATIONS
from bramka.store.mail_queue import post
from bramka.store.product import PRODUCTS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

Tokens = Mapping[str, str]
LINK_TEMPLATES: dict[Purpose, str] = {
    "confirm": "confirmSignUpIdentityDefault",
    "invitation": "inviteUserNotificationMessage",
    "reset": "passwordResetIdentityDefault",
    "email": "emailChangeIdentityDefault",
}
RESET_BY_ADMINISTRATOR = "passwordResetByAdminNotificationMessage"
_NOBODY = User(id="", first_name="-", last_name="-", email="")


def to_developer(
    transaction: Transaction,
    portal: str,
    user: User,
    template: str,
    tokens: Tokens,
    recipient: str | None = None,
) -> None:
    """A mail to a user, at `recipient` if that is not the user's own address."""
    told = _tokens(transaction, portal, user) | dict(tokens)
    letter = Letter(
        template=template,
        recipient=user.email if recipient is None else recipient,
        language=account.find(transaction, user.id).language,
        tokens=told,
    )
    post(transaction, letter)
    if not holds_link(template):
        for copy, language in _recipients(transaction, "BCC"):
            post(transaction, _to(letter, copy, language))


def to_publishers(
    transaction: Transaction, portal: str, event: str, user: User, tokens: Tokens
) -> None:
    """A mail to everybody who asked to be told of an event."""
    told = _tokens(transaction, portal, user) | {"DevEmail": user.email} | dict(tokens)
    for recipient, language in _recipients(transaction, event):
        letter = Letter(
            template=event, recipient=recipient, language=language, tokens=told
        )
        post(transaction, letter)


def send_link(
    transaction: Transaction,
    chance: Chance,
    portal: str,
    purpose: Purpose,
    user: User | None,
    *,
    recipient: str | None = None,
    template: str = "",
) -> None:
    """A mail with a one-time link; without a user the same is written for nobody."""
    known = user or _NOBODY
    email = known.email if recipient is None else recipient
    user_id = None if user is None else user.id
    token = account_link.draw(transaction, chance, purpose, user_id, email)
    tokens = {LINK: account_link.address(portal, purpose, token)}
    name = template or LINK_TEMPLATES[purpose]
    to_developer(transaction, portal, known, name, tokens, email)


def subscription_changed(
    transaction: Transaction, portal: str, noun: Subscription, old: Subscription | None
) -> None:
    """Tell the owner, and of new ones the publisher, what became of a subscription."""
    before = None if old is None else old.state
    owner = USERS.find(transaction, noun.owner_id) if noun.owner_id else None
    if owner is None or noun.state == before:
        return
    tokens = {
        "ProdName": _product_name(transaction, noun),
        "SubscriptionTitle": noun.display_name or noun.id,
        "SubscriptionDeclineReason": noun.state_comment or "-",
    }
    template = _DEVELOPER_TOLD.get((before == "suspended", noun.state))
    if template is not None:
        to_developer(transaction, portal, owner.noun, template, tokens)
    event = _PUBLISHER_TOLD.get(noun.state) if old is None else None
    if event is not None:
        to_publishers(transaction, portal, event, owner.noun, tokens)


_DEVELOPER_TOLD = {
    (False, "submitted"): "requestDeveloperNotificationMessage",
    (False, "active"): "purchaseDeveloperNotificationMessage",
    (False, "rejected"): "rejectDeveloperNotificationMessage",
    (False, "cancelled"): "cancelDeveloperNotificationMessage",
    (True, "cancelled"): "cancelDeveloperNotificationMessage",
}
"""Whether it was suspended before, and its state now → what its owner is told."""
_PUBLISHER_TOLD = {
    "submitted": "RequestPublisherNotificationMessage",
    "active": "PurchasePublisherNotificationMessage",
}


def quota_near(transaction: Transaction, portal: str, noun: Subscription) -> None:
    """Tell the owner and the publisher that most of a quota is used."""
    owner = USERS.find(transaction, noun.owner_id) if noun.owner_id else None
    if owner is None:
        return
    tokens = {
        "ProdName": _product_name(transaction, noun),
        "SubscriptionTitle": noun.display_name or noun.id,
    }
    name = "quotaLimitApproachingDeveloperNotificationMessage"
    to_developer(transaction, portal, owner.noun, name, tokens)
    event = "QuotaLimitApproachingPublisherNotificationMessage"
    to_publishers(transaction, portal, event, owner.noun, tokens)


def issue_filed(transaction: Transaction, portal: str, issue: Issue) -> None:
    """Thank who reported an issue, and tell the publisher."""
    author = USERS.find(transaction, issue.user_id)
    if author is None:
        return
    tokens = _issue_tokens(transaction, issue, issue.description)
    name = "newIssueNotificationMessage"
    to_developer(transaction, portal, author.noun, name, tokens)
    event = "NewIssuePublisherNotificationMessage"
    to_publishers(transaction, portal, event, author.noun, tokens)


def comment_added(transaction: Transaction, portal: str, comment: Comment) -> None:
    """Tell the publisher, and who reported the issue unless they wrote it."""
    found = ISSUES.find(transaction, comment.api_id, comment.issue_id)
    author = USERS.find(transaction, comment.user_id)
    if found is None or author is None:
        return
    issue = found.noun
    tokens = _issue_tokens(transaction, issue, comment.text)
    reporter = USERS.find(transaction, issue.user_id)
    if reporter is not None and reporter.noun.id != author.noun.id:
        name = "newCommentNotificationMessage"
        to_developer(transaction, portal, reporter.noun, name, tokens)
    event = "NewIssuePublisherNotificationMessage"
    to_publishers(transaction, portal, event, author.noun, tokens)


def account_closed(transaction: Transaction, portal: str, user: User) -> None:
    """Say farewell, and tell the publisher."""
    to_developer(transaction, portal, user, "accountClosedDeveloper", {})
    to_publishers(transaction, portal, "AccountClosedPublisher", user, {})


def _tokens(transaction: Transaction, portal: str, user: User) -> dict[str, str]:
    own = instance.find(transaction)
    return {
        "DevFirstName": user.first_name,
        "DevLastName": user.last_name,
        "OrganizationName": "Bramka" if own is None else own.noun.publisher_name,
        "DevPortalUrl": portal,
    }


def _issue_tokens(transaction: Transaction, issue: Issue, text: str) -> dict[str, str]:
    found = APIS.find(transaction, issue.api_id)
    return {
        "IssueName": issue.title,
        "IssueDescription": text,
        "CommentText": text,
        "ApiName": issue.api_id if found is None else found.noun.display_name,
    }


def _product_name(transaction: Transaction, noun: Subscription) -> str:
    """What people know as the thing they subscribed to."""
    if noun.product_id is not None:
        product = PRODUCTS.find(transaction, noun.product_id)
        return noun.product_id if product is None else product.noun.display_name
    if noun.api_id is not None:
        api = APIS.find(transaction, noun.api_id)
        return noun.api_id if api is None else api.noun.display_name
    return "API"


def _recipients(transaction: Transaction, event: str) -> list[tuple[str, str]]:
    """Addresses and languages of those who are told of an event."""
    found = NOTIFICATIONS.find(transaction, event)
    if found is None:
        return []
    people = [(email, "en") for email in found.noun.emails]
    for user_id in found.noun.users:
        user = USERS.find(transaction, user_id)
        if user is not None and user.noun.may_call:
            language = account.find(transaction, user_id).language
            people.append((user.noun.email, language))
    return people


def _to(letter: Letter, recipient: str, language: str) -> Letter:
    return Letter(
        template=letter.template,
        recipient=recipient,
        language=language,
        tokens=letter.tokens,
    )
