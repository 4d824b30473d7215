"""Mails: the texts that people get, and who is told of what."""

from typing import Annotated

from msgspec import Meta, Struct

PUBLISHER_EVENTS: dict[str, tuple[str, str]] = {
    "RequestPublisherNotificationMessage": (
        "Subscription requests (requiring approval)",
        "A developer asks for a subscription that has to be approved.",
    ),
    "PurchasePublisherNotificationMessage": (
        "New subscriptions",
        "A developer has subscribed to a product.",
    ),
    "NewApplicationNotificationMessage": (
        "Application gallery requests",
        "A developer submits an application to the gallery.",
    ),
    "BCC": ("BCC", "A blind copy of every mail that developers get."),
    "NewIssuePublisherNotificationMessage": (
        "New issue or comment",
        "Somebody reports an issue or comments on one.",
    ),
    "AccountClosedPublisher": (
        "Close account message",
        "A developer has closed their account.",
    ),
    "QuotaLimitApproachingPublisherNotificationMessage": (
        "Approaching subscription quota limit",
        "A subscription has used most of its quota.",
    ),
}
"""Name of an event → its title and when it happens."""


class Notification(Struct, frozen=True, rename="camel", kw_only=True):
    """Who is told of an event."""

    id: str
    emails: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


class Token(Struct, frozen=True, rename="camel", kw_only=True):
    """A `$Name` that a text may hold."""

    name: Annotated[str, Meta(min_length=1, max_length=256)]
    title: Annotated[str, Meta(min_length=1, max_length=4096)] | None = None
    description: str | None = None


class Template(Struct, frozen=True, rename="camel", kw_only=True):
    """The text of a mail to developers; the body is XHTML."""

    id: str
    subject: Annotated[str, Meta(min_length=1, max_length=1000)]
    body: Annotated[str, Meta(min_length=1)]
    title: str | None = None
    description: str | None = None
    parameters: tuple[Token, ...] = ()


_PERSON = {"DevFirstName": "First name", "DevLastName": "Last name"}
_HOUSE = {"OrganizationName": "Organisation", "DevPortalUrl": "Address of the portal"}
_PRODUCT = {"ProdName": "Product", "SubscriptionTitle": "Subscription"}
_WRITTEN: dict[str, tuple[str, str, dict[str, str], str]] = {
    "applicationApprovedNotificationMessage": (
        "Application gallery submission approved",
        "Your application $AppName is published in the gallery",
        {"AppName": "Application", "AppId": "Id of the application"},
        "your application $AppName has been approved and stands in our gallery.",
    ),
    "accountClosedDeveloper": (
        "Developer farewell letter",
        "Thank you for using the $OrganizationName API",
        {},
        "your account has been closed. Thank you for having used our APIs.",
    ),
    "quotaLimitApproachingDeveloperNotificationMessage": (
        "Developer quota limit approaching notification",
        "Your subscription to $ProdName has used most of its quota",
        _PRODUCT,
        "your subscription $SubscriptionTitle to $ProdName comes near its quota.",
    ),
    "newDeveloperNotificationMessage": (
        "Developer welcome letter",
        "Welcome to the $OrganizationName API",
        {},
        "welcome! Your account is ready; find our APIs at $DevPortalUrl.",
    ),
    "emailChangeIdentityDefault": (
        "Email change notification",
        "Please confirm the new email address of your account",
        {"ConfirmUrl": "Address to confirm at"},
        "please confirm your new address: $ConfirmUrl",
    ),
    "inviteUserNotificationMessage": (
        "Invite user",
        "You are invited to join the $OrganizationName developer network",
        {"ConfirmUrl": "Address to accept at"},
        "an account was made for you. Set a password to use it: $ConfirmUrl",
    ),
    "newCommentNotificationMessage": (
        "New comment added to an issue",
        "$IssueName has a new comment",
        {"IssueName": "Issue", "CommentText": "Text of the comment"},
        "there is a new comment on $IssueName: $CommentText",
    ),
    "confirmSignUpIdentityDefault": (
        "New developer account confirmation",
        "Please confirm your new $OrganizationName API account",
        {"ConfirmUrl": "Address to confirm at"},
        "please confirm your account: $ConfirmUrl",
    ),
    "newIssueNotificationMessage": (
        "New issue received",
        "Your request $IssueName was received",
        {"IssueName": "Issue", "IssueDescription": "Text of the issue"},
        "thank you for writing to us about $IssueName; we look into it.",
    ),
    "purchaseDeveloperNotificationMessage": (
        "New subscription activated",
        "Your subscription to $ProdName is active",
        _PRODUCT,
        "your subscription $SubscriptionTitle to $ProdName is active.",
    ),
    "passwordResetIdentityDefault": (
        "Password change confirmation",
        "Your password change request",
        {"ConfirmUrl": "Address to set a password at"},
        "set a new password here: $ConfirmUrl",
    ),
    "passwordResetByAdminNotificationMessage": (
        "Password reset by administrator notification",
        "Your password was reset",
        {"ConfirmUrl": "Address to set a password at"},
        "an administrator asks you to set a new password: $ConfirmUrl",
    ),
    "rejectDeveloperNotificationMessage": (
        "Subscription request declined",
        "Your request for a subscription to $ProdName",
        {**_PRODUCT, "SubscriptionDeclineReason": "Reason"},
        "your request for $ProdName was declined: $SubscriptionDeclineReason",
    ),
    "cancelDeveloperNotificationMessage": (
        "Subscription cancelled",
        "Your subscription to $ProdName was cancelled",
        _PRODUCT,
        (
            "your subscription $SubscriptionTitle to $ProdName was cancelled; its keys "
            "no longer work."
        ),
    ),
    "requestDeveloperNotificationMessage": (
        "Subscription request received",
        "Your request for a subscription to $ProdName was received",
        _PRODUCT,
        "your request for $ProdName was received; you will hear from us.",
    ),
}


def paragraph(text: str) -> str:
    """A paragraph of XHTML; addresses in it can be followed."""
    for name in ("ConfirmUrl", "DevPortalUrl"):
        text = text.replace(f"${name}", f'<a href="${name}">${name}</a>')
    return f"<p>{text}</p>"


def _written(name: str) -> Template:
    title, subject, own, text = _WRITTEN[name]
    tokens = {**_PERSON, **_HOUSE, **own}
    return Template(
        id=name,
        subject=subject,
        body=(
            "<!DOCTYPE html><html><body><p>Dear $DevFirstName $DevLastName,</p>"
            f"{paragraph(text)}<p>$OrganizationName</p></body></html>"
        ),
        title=title,
        description=f"Sent to a developer: {text}",
        parameters=tuple(Token(name=one, title=tokens[one]) for one in tokens),
    )


TEMPLATES = {name: _written(name) for name in _WRITTEN}
"""The texts as they are until somebody changes them."""
LINK = "ConfirmUrl"
"""The token that opens an account: no copies are made of mails that hold it."""


def holds_link(template: str) -> bool:
    """Whether mails of this kind open an account to whoever reads them."""
    written = TEMPLATES.get(template.partition(".")[0])
    return written is not None and any(one.name == LINK for one in written.parameters)
