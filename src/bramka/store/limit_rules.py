"""The limits that policy documents set, with their named values and fragments."""

from collections.abc import Iterable, Iterator, Mapping

from bramka.domain.errors import BramkaError
from bramka.domain.traffic import named_value, policy_text
from bramka.domain.traffic.policy import Fragment, PolicyDocument
from bramka.domain.traffic.policy_limits import LimitRule, limits_in
from bramka.domain.traffic.policy_text import Element
from bramka.store.named_value import NAMED_VALUES
from bramka.store.policy import FRAGMENTS
from bramka.store.transaction import Transaction

INCLUDE = "include-fragment"
WORDS = ("limit", "quota", INCLUDE)
"""A document without any of them sets no limit."""


def limit_rules(
    transaction: Transaction, documents: Iterable[PolicyDocument]
) -> Iterator[tuple[LimitRule, str]]:
    """Every limit that one of the documents sets, and the scope of the document."""
    telling = [one for one in documents if any(word in one.text for word in WORDS)]
    includes = any(INCLUDE in one.text for one in telling)
    included = [one.noun for one in FRAGMENTS.all(transaction)] if includes else []
    texts = [*(one.text for one in telling), *(one.text for one in included)]
    names = named_value.references("\n".join(texts))
    column = NAMED_VALUES.column.display_name
    found = NAMED_VALUES.all(transaction, column.in_(names)) if names else []
    values = {one.noun.display_name: one.noun.value for one in found}
    fragments = {
        one.id: root for one in included if (root := _read(one, values)) is not None
    }
    for one in telling:
        document = _read(one, values)
        if document is not None:
            for rule in limits_in(document, one.scope, fragments):
                yield rule, one.scope


def _read(
    written: PolicyDocument | Fragment, values: Mapping[str, str]
) -> Element | None:
    try:
        text = named_value.expand(written.text, values, escaped=written.escaped)
        return policy_text.read(text, escaped=written.escaped)
    except (KeyError, BramkaError):
        # Gateways do not run it either.
        return None
