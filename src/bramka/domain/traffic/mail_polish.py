"""The texts of mails in Polish; their ids end in `.pl`."""

from bramka.domain.traffic.mail import TEMPLATES, Template, paragraph

ENDING = ".pl"

_WRITTEN: dict[str, tuple[str, str]] = {
    "applicationApprovedNotificationMessage": (
        "Twoja aplikacja $AppName jest już w galerii",
        "Twoja aplikacja $AppName została zatwierdzona i jest w naszej galerii.",
    ),
    "accountClosedDeveloper": (
        "Dziękujemy za korzystanie z API $OrganizationName",
        "Twoje konto zostało zamknięte. Dziękujemy za korzystanie z naszych API.",
    ),
    "quotaLimitApproachingDeveloperNotificationMessage": (
        "Twoja subskrypcja $ProdName zbliża się do limitu",
        "Twoja subskrypcja $SubscriptionTitle produktu $ProdName zbliża się do limitu.",
    ),
    "newDeveloperNotificationMessage": (
        "Witaj w API $OrganizationName",
        "Twoje konto jest gotowe. Nasze API znajdziesz pod adresem $DevPortalUrl.",
    ),
    "emailChangeIdentityDefault": (
        "Potwierdź nowy adres e-mail swojego konta",
        "Potwierdź swój nowy adres: $ConfirmUrl",
    ),
    "inviteUserNotificationMessage": (
        "Zaproszenie do społeczności API $OrganizationName",
        "Założyliśmy dla Ciebie konto. Aby go używać, ustaw hasło: $ConfirmUrl",
    ),
    "newCommentNotificationMessage": (
        "Nowy komentarz do zgłoszenia $IssueName",
        "Do zgłoszenia $IssueName dodano komentarz: $CommentText",
    ),
    "confirmSignUpIdentityDefault": (
        "Potwierdź nowe konto w API $OrganizationName",
        "Potwierdź swoje konto: $ConfirmUrl",
    ),
    "newIssueNotificationMessage": (
        "Otrzymaliśmy zgłoszenie $IssueName",
        "Dziękujemy za zgłoszenie $IssueName; zajmiemy się nim.",
    ),
    "purchaseDeveloperNotificationMessage": (
        "Twoja subskrypcja produktu $ProdName jest aktywna",
        "Twoja subskrypcja $SubscriptionTitle produktu $ProdName jest aktywna.",
    ),
    "passwordResetIdentityDefault": (
        "Prośba o zmianę hasła",
        "Ustaw nowe hasło tutaj: $ConfirmUrl",
    ),
    "passwordResetByAdminNotificationMessage": (
        "Ustaw nowe hasło",
        "Administrator prosi o ustawienie nowego hasła: $ConfirmUrl",
    ),
    "rejectDeveloperNotificationMessage": (
        "Twoja prośba o subskrypcję produktu $ProdName",
        "Prośba o dostęp do $ProdName została odrzucona: $SubscriptionDeclineReason",
    ),
    "cancelDeveloperNotificationMessage": (
        "Twoja subskrypcja produktu $ProdName została anulowana",
        (
            "Subskrypcja $SubscriptionTitle produktu $ProdName została anulowana; jej "
            "klucze już nie działają."
        ),
    ),
    "requestDeveloperNotificationMessage": (
        "Otrzymaliśmy prośbę o subskrypcję produktu $ProdName",
        "Otrzymaliśmy Twoją prośbę o dostęp do $ProdName; wkrótce damy znać.",
    ),
}


def _written(name: str) -> Template:
    subject, text = _WRITTEN[name]
    english = TEMPLATES[name]
    return Template(
        id=name + ENDING,
        subject=subject,
        body=(
            "<!DOCTYPE html><html><body>"
            "<p>Dzień dobry, $DevFirstName $DevLastName!</p>"
            f"{paragraph(text)}<p>$OrganizationName</p></body></html>"
        ),
        title=english.title,
        description=english.description,
        parameters=english.parameters,
    )


POLISH = {name + ENDING: _written(name) for name in TEMPLATES}
"""The Polish texts as they are until somebody changes them."""
