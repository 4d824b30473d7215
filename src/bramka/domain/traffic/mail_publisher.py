"""What those who run the site are told of events; nobody edits these texts."""

from bramka.domain.traffic.mail import PUBLISHER_EVENTS, Template, Token, paragraph

_WRITTEN: dict[str, dict[str, tuple[str, str]]] = {
    "RequestPublisherNotificationMessage": {
        "en": (
            "A subscription to $ProdName waits for approval",
            (
                "$DevFirstName $DevLastName ($DevEmail) asks for a subscription to "
                "$ProdName: $SubscriptionTitle. Approve or reject it at $DevPortalUrl."
            ),
        ),
        "pl": (
            "Subskrypcja produktu $ProdName czeka na zatwierdzenie",
            (
                "$DevFirstName $DevLastName ($DevEmail) prosi o subskrypcję produktu "
                "$ProdName: $SubscriptionTitle. Zatwierdź lub odrzuć: $DevPortalUrl."
            ),
        ),
    },
    "PurchasePublisherNotificationMessage": {
        "en": (
            "New subscription to $ProdName",
            (
                "$DevFirstName $DevLastName ($DevEmail) has subscribed to $ProdName: "
                "$SubscriptionTitle."
            ),
        ),
        "pl": (
            "Nowa subskrypcja produktu $ProdName",
            (
                "$DevFirstName $DevLastName ($DevEmail) subskrybuje produkt $ProdName: "
                "$SubscriptionTitle."
            ),
        ),
    },
    "NewApplicationNotificationMessage": {
        "en": (
            "New application $AppName",
            "$DevFirstName $DevLastName ($DevEmail) submits $AppName to the gallery.",
        ),
        "pl": (
            "Nowa aplikacja $AppName",
            "$DevFirstName $DevLastName ($DevEmail) zgłasza do galerii $AppName.",
        ),
    },
    "NewIssuePublisherNotificationMessage": {
        "en": (
            "Issue: $IssueName",
            (
                "$DevFirstName $DevLastName ($DevEmail) writes about $ApiName: "
                "$IssueDescription"
            ),
        ),
        "pl": (
            "Zgłoszenie: $IssueName",
            (
                "$DevFirstName $DevLastName ($DevEmail) pisze o $ApiName: "
                "$IssueDescription"
            ),
        ),
    },
    "AccountClosedPublisher": {
        "en": (
            "An account was closed",
            "$DevFirstName $DevLastName ($DevEmail) has closed their account.",
        ),
        "pl": (
            "Zamknięto konto",
            "$DevFirstName $DevLastName ($DevEmail): konto zostało zamknięte.",
        ),
    },
    "QuotaLimitApproachingPublisherNotificationMessage": {
        "en": (
            "A subscription to $ProdName comes near its quota",
            (
                "The subscription $SubscriptionTitle to $ProdName of $DevFirstName "
                "$DevLastName ($DevEmail) has used most of its quota."
            ),
        ),
        "pl": (
            "Subskrypcja produktu $ProdName zbliża się do limitu",
            (
                "Subskrypcja $SubscriptionTitle produktu $ProdName ($DevFirstName "
                "$DevLastName, $DevEmail) zbliża się do limitu."
            ),
        ),
    },
}
TOKENS = (
    *("DevFirstName", "DevLastName", "DevEmail", "OrganizationName", "DevPortalUrl"),
    *("ProdName", "SubscriptionTitle", "AppName", "ApiName", "IssueName"),
    "IssueDescription",
)


def publisher_text(event: str, language: str) -> Template:
    """What is said of an event."""
    subject, text = _WRITTEN[event][language]
    return Template(
        id=event,
        subject=subject,
        body=f"<!DOCTYPE html><html><body>{paragraph(text)}</body></html>",
        title=PUBLISHER_EVENTS[event][0],
        parameters=tuple(Token(name=name) for name in TOKENS),
    )
