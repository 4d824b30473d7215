"""Mails on their way to a real server: each once, whatever happens in between."""

import ssl
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.databases import KINDS, new_database, new_store
from tests.portals.mail_server import Inbox, mail_server
from tests.wire.authority import Authority

from bramka.domain.traffic.account_mail import LEASE_SECONDS, PATIENCE_SECONDS, Letter
from bramka.domain.traffic.mail import TEMPLATES
from bramka.portals.carrier import Carrier, FolderCarrier, Server, SmtpCarrier
from bramka.portals.postman import Postman
from bramka.store import mail, mail_queue
from bramka.store.mail_queue import Mail
from bramka.store.transaction import Store
from bramka.testing import FakeChance, FakeClock

CLOCK = FakeClock()
WELCOME = "newDeveloperNotificationMessage"
TOKENS = {
    "DevFirstName": "Żaneta",
    "DevLastName": "<b>Test</b>",
    "OrganizationName": "Books",
    "DevPortalUrl": "http://portal.test",
    "ConfirmUrl": "http://portal.test/confirm?token=secret",
}


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        new_store(url, CLOCK) as store,
    ):
        yield store


@pytest.fixture
def lone(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with (
        new_database("sqlite", tmp_path, request, "demo") as url,
        new_store(url, CLOCK) as store,
    ):
        yield store


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as inbox:
        yield inbox


def postman(store: Store, inbox: Inbox) -> Postman:
    server = Server(host="127.0.0.1", port=inbox.port, security="none")
    return Postman(store, SmtpCarrier(server), FakeChance())


def post(store: Store, template: str = WELCOME, **more: Any) -> None:
    given: dict[str, Any] = {"recipient": "ann@example.com", "tokens": TOKENS} | more
    with store.writing() as transaction:
        mail_queue.post(transaction, Letter(template=template, **given))


def listed(store: Store) -> list[Mail]:
    with store.reading() as transaction:
        return mail_queue.newest(transaction, 0, 100)[0]


def plain_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def test_a_mail_arrives_with_all_that_belongs_to_it(store: Store, inbox: Inbox) -> None:
    post(store)
    assert postman(store, inbox).deliver() == 1
    (message,) = inbox.taken
    assert message["To"] == "ann@example.com"
    assert message["From"] == "Books <admin@example.com>"
    assert message["Subject"] == "Welcome to the Books API"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.com>")
    assert "Dear Żaneta <b>Test</b>," in plain_of(message)
    assert "&lt;b&gt;Test&lt;/b&gt;" in html_of(message)
    assert '<a href="http://portal.test">' in html_of(message)
    (told,) = listed(store)
    assert (told.state, told.attempts, told.sent) == ("sent", 1, CLOCK.now())


def test_what_was_said_is_forgotten_once_it_is_sent(lone: Store, inbox: Inbox) -> None:
    post(lone, "passwordResetIdentityDefault")
    postman(lone, inbox).deliver()
    assert "confirm?token=secret" in plain_of(inbox.taken[0])
    with lone.reading() as transaction:
        letters = transaction.connection.exec_driver_sql("SELECT letter FROM mail")
        assert letters.all() == [(None,)]


def test_every_template_can_be_read_in_both_languages(
    lone: Store, inbox: Inbox
) -> None:
    for template in TEMPLATES:
        for language in ("en", "pl"):
            post(lone, template, language=language)
    postman(lone, inbox).deliver()
    assert len(inbox.taken) == 2 * len(TEMPLATES)
    polish = [one for one in inbox.taken if "Dzień dobry, Żaneta" in plain_of(one)]
    assert len(polish) == len(TEMPLATES)


def test_a_text_that_was_edited_is_sent_as_edited(lone: Store, inbox: Inbox) -> None:
    english = TEMPLATES[WELCOME]
    edited = type(english)(
        id=WELCOME,
        subject="Hi $DevFirstName",
        body="<p>{% if DevFirstName == 'Żaneta' %}Hello{% endif %} $5 $Nobody</p>",
        parameters=english.parameters,
    )
    with lone.writing() as transaction:
        mail.TEMPLATES.put(transaction, edited)
    post(lone)
    postman(lone, inbox).deliver()
    assert inbox.taken[0]["Subject"] == "Hi Żaneta"
    assert plain_of(inbox.taken[0]).strip() == "Hello $5 $Nobody"


def test_a_text_that_cannot_be_rendered_does_not_hold_mails_up(
    lone: Store, inbox: Inbox
) -> None:
    english = TEMPLATES[WELCOME]
    broken = type(english)(id=WELCOME, subject="{% if %}", body="{{ 5 | ")
    with lone.writing() as transaction:
        mail.TEMPLATES.put(transaction, broken)
    post(lone)
    postman(lone, inbox).deliver()
    assert inbox.taken[0]["Subject"] == "Welcome to the Books API"


@pytest.mark.parametrize(
    "answer", ["451 try later", "hang up", "421 closing", "452 full"]
)
def test_a_mail_that_is_not_taken_now_is_taken_later(
    lone: Store, inbox: Inbox, answer: str
) -> None:
    inbox.refusals = [answer, answer]
    post(lone)
    man = postman(lone, inbox)
    for _ in range(2):
        assert man.deliver() == 1
        assert listed(lone)[0].state == "waiting"
        assert man.deliver() == 0
        CLOCK.advance(80)
    assert man.deliver() == 1
    assert len(inbox.taken) == 1
    assert listed(lone)[0].attempts == 3


def test_a_mail_that_is_refused_for_good_is_given_up(lone: Store, inbox: Inbox) -> None:
    inbox.refusals = ["550 no such person"]
    post(lone)
    postman(lone, inbox).deliver()
    (told,) = listed(lone)
    assert (told.state, told.problem) == ("failed", "550 no such person")
    with lone.writing() as transaction:
        mail_queue.send_again(transaction, told.id)
    postman(lone, inbox).deliver()
    assert len(inbox.taken) == 1


def test_while_the_server_is_away_mails_wait_for_days(lone: Store) -> None:
    with mail_server() as gone:
        pass
    post(lone)
    man = postman(lone, gone)
    started = CLOCK.now()
    while listed(lone)[0].state == "waiting":
        man.deliver()
        CLOCK.advance(3600 * 1.5)
    assert listed(lone)[0].state == "failed"
    assert CLOCK.now() - started >= PATIENCE_SECONDS
    assert listed(lone)[0].attempts > 20


class Dying:
    """A carrier whose process is killed at a moment of its choice."""

    def __init__(self, inner: Carrier, when: str) -> None:
        self.inner, self.when = inner, when

    def carry(self, message: EmailMessage, name: str) -> None:
        if self.when == "before":
            raise KeyboardInterrupt
        self.inner.carry(message, name)
        raise KeyboardInterrupt


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_in_mid_send_loses_nothing(
    store: Store, inbox: Inbox, when: str
) -> None:
    server = Server(host="127.0.0.1", port=inbox.port, security="none")
    post(store)
    dying = Postman(store, Dying(SmtpCarrier(server), when), FakeChance())
    with pytest.raises(KeyboardInterrupt):
        dying.deliver()
    heir = postman(store, inbox)
    assert heir.deliver() == 0
    CLOCK.advance(LEASE_SECONDS)
    assert heir.deliver() == 1
    assert listed(store)[0].state == "sent"
    names = {one["Message-ID"] for one in inbox.taken}
    assert len(names) == 1
    assert len(inbox.taken) == (1 if when == "before" else 2)


def test_many_postmen_send_each_mail_once(store: Store, inbox: Inbox) -> None:
    for number in range(20):
        post(store, recipient=f"ann{number}@example.com")
    men = [postman(store, inbox) for _ in range(4)]
    threads = [threading.Thread(target=man.deliver) for man in men]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recipients = sorted(one["To"] for one in inbox.taken)
    assert recipients == sorted(f"ann{number}@example.com" for number in range(20))


def test_who_lost_the_lease_sends_nothing_and_marks_nothing(
    lone: Store, inbox: Inbox
) -> None:
    post(lone)
    first = mail_queue.claim(lone)
    assert first is not None
    CLOCK.advance(LEASE_SECONDS)
    assert postman(lone, inbox).deliver() == 1
    assert not mail_queue.still_ours(lone, first)
    assert not mail_queue.put_off(lone, first, 1.0, "late")
    assert not mail_queue.delivered(lone, first)
    assert listed(lone)[0].state == "sent"


@pytest.mark.parametrize(
    "recipient",
    ["ann@example.com\r\nBcc: eve@example.com", "ann@example.com, eve@x.org", "@"],
)
def test_an_address_that_is_none_is_given_up_and_holds_nobody_up(
    lone: Store, inbox: Inbox, recipient: str
) -> None:
    post(lone, recipient=recipient)
    post(lone)
    assert postman(lone, inbox).deliver() == 2
    assert [one.state for one in listed(lone)] == ["sent", "failed"]
    assert [one.rcpt_tos for one in inbox.envelopes] == [["ann@example.com"]]


def test_a_mail_whose_key_is_lost_holds_nobody_up(lone: Store, inbox: Inbox) -> None:
    post(lone)
    with lone.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE mail SET letter = x'01'")
    post(lone)
    assert postman(lone, inbox).deliver() == 2
    assert [one.state for one in listed(lone)] == ["sent", "failed"]


def test_a_subject_stays_one_line(lone: Store, inbox: Inbox) -> None:
    tokens = TOKENS | {"IssueName": "broken\r\nBcc: eve@example.com"}
    post(lone, "newIssueNotificationMessage", tokens=tokens)
    postman(lone, inbox).deliver()
    (message,) = inbox.taken
    assert message["Bcc"] is None
    assert message["Subject"] == (
        "Your request broken Bcc: eve@example.com was received"
    )


def secured(inbox: Inbox, password: str, trust: ssl.SSLContext | None) -> SmtpCarrier:
    server = Server(
        host="127.0.0.1",
        port=inbox.port,
        user="bramka",
        password=password,
        trust=trust,
    )
    return SmtpCarrier(server)


def test_a_server_that_asks_who_sends_is_told_over_tls(
    lone: Store, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign("server", ["127.0.0.1"]))
    trust = ssl.create_default_context(cafile=str(authority.root))
    post(lone)
    with mail_server(("bramka", "hush"), context) as inbox:
        for carrier in (
            secured(inbox, "wrong", trust),
            # Whose certificate nobody vouches for is not told the password.
            secured(inbox, "hush", None),
        ):
            Postman(lone, carrier, FakeChance()).deliver()
            (waiting,) = listed(lone)
            assert (waiting.state, "hush" in str(waiting.problem)) == ("waiting", False)
            CLOCK.advance(80)
        assert inbox.taken == []
        Postman(lone, secured(inbox, "hush", trust), FakeChance()).deliver()
        assert len(inbox.taken) == 1


def test_without_a_server_mails_are_files_of_their_owner(
    lone: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "mail"
    post(lone, "passwordResetIdentityDefault")
    Postman(lone, FolderCarrier(folder), FakeChance()).deliver()
    (file,) = folder.iterdir()
    assert file.name == f"{listed(lone)[0].id:08}-passwordResetIdentityDefault.eml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert b"confirm?token" in file.read_bytes().replace(b"=\r\n", b"").replace(
        b"=3D", b"="
    )
