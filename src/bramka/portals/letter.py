"""Letters: what a mail says, from its template and the words of one person."""

import logging
import re
from collections.abc import Mapping

from liquid import Environment
from liquid.exceptions import LiquidError
from lxml import etree, html
from msgspec import Struct

from bramka.domain.traffic.account_mail import Letter
from bramka.domain.traffic.mail import PUBLISHER_EVENTS, TEMPLATES, Template
from bramka.domain.traffic.mail_polish import ENDING, POLISH
from bramka.domain.traffic.mail_publisher import publisher_text
from bramka.store import mail
from bramka.store.transaction import Transaction

LOG = logging.getLogger(__name__)
MOST_OUTPUT = 256 * 1024
MOST_LOOPS = 10_000
_TOKEN = re.compile(r"\$([A-Za-z][A-Za-z0-9]*)")
_BLANKS = re.compile(r"\s+")


class _Budgeted(Environment):
    """The tags and filters of Liquid, bounded."""

    loop_iteration_limit = MOST_LOOPS
    output_stream_limit = MOST_OUTPUT
    local_namespace_limit = MOST_OUTPUT


# What people write stays text: nobody's name becomes a part of the page.
_BODY = _Budgeted(autoescape=True)
_SUBJECT = _Budgeted()


class Written(Struct, frozen=True, kw_only=True):
    """A mail as it is read; the repr shows none of it, for it may hold a link."""

    subject: str
    body: str
    plain: str

    def __repr__(self) -> str:
        return "<Written>"


def write(transaction: Transaction, letter: Letter) -> Written:
    """What the letter says; the first text if an edited one cannot be rendered."""
    first = _first(letter)
    found = mail.TEMPLATES.find(transaction, first.id)
    if found is not None:
        try:
            return rendered(found.noun, letter.tokens)
        except LiquidError as error:
            LOG.warning("the template %s is not used: %s", first.id, error)
    return rendered(first, letter.tokens)


def rendered(template: Template, tokens: Mapping[str, str]) -> Written:
    """The text with its words; raises LiquidError for what is no template."""
    known = {one.name for one in template.parameters} | set(tokens)
    words = dict.fromkeys(known, "") | dict(tokens)
    body = _BODY.from_string(_as_liquid(template.body, known)).render(**words)
    subject = _SUBJECT.from_string(_as_liquid(template.subject, known))
    return Written(
        subject=_BLANKS.sub(" ", subject.render(**words)).strip(),
        body=body,
        plain=_plain(body),
    )


def _first(letter: Letter) -> Template:
    """The text as it was written first, in the reader's language if we have it."""
    if letter.template in PUBLISHER_EVENTS:
        return publisher_text(letter.template, letter.language)
    polish = POLISH.get(letter.template + ENDING)
    if letter.language == "pl" and polish is not None:
        return polish
    return TEMPLATES[letter.template]


def _as_liquid(text: str, known: set[str]) -> str:
    """`$Name` in the spelling of Liquid, where there is such a word."""
    return _TOKEN.sub(
        lambda one: f"{{{{ {one[1]} }}}}" if one[1] in known else one[0], text
    )


def _plain(body: str) -> str:
    """The paragraphs as text, for readers without a browser."""
    try:
        page = html.document_fromstring(body)
    except (etree.LxmlError, ValueError):
        return ""
    paragraphs = page.iter("p", "h1", "h2", "h3", "li", "td")
    lines = (_BLANKS.sub(" ", one.text_content()).strip() for one in paragraphs)
    return "\n\n".join(line for line in lines if line) + "\n"
