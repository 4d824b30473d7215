"""Whose account it is that a provider speaks of: rules that nobody is robbed by."""

import json

from msgspec import Struct, structs
from sqlalchemy import Text, cast

from bramka.domain.errors import BramkaError, Conflict, Forbidden, Invalid
from bramka.domain.traffic.account import LONGEST_NAME, read_email, read_name, step
from bramka.domain.traffic.user import Identity, User
from bramka.portals.issuer import Claims
from bramka.portals.record import noted, shown
from bramka.portals.visit import Visit
from bramka.store import account, notice, portal_rules, session, user
from bramka.store.account import Account
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

ID_BYTES = 12
WELCOME = "newDeveloperNotificationMessage"


class Wish(Struct, frozen=True, kw_only=True):
    """Somebody whom a provider vouches for."""

    provider: str
    claims: Claims
    language: str
    terms_accepted: bool

    def __repr__(self) -> str:
        return f"<Wish {self.provider}>"

    @property
    def identity(self) -> Identity:
        return Identity(provider=self.provider, id=str(self.claims["sub"]))

    @property
    def email(self) -> str | None:
        """The address, if the provider has made sure that it is theirs.

        `xms_edov` says so where the address alone is only what somebody typed.
        """
        sure = (self.claims.get("email_verified"), self.claims.get("xms_edov"))
        if not any(one in (True, "true", "True", 1, "1") for one in sure):
            return None
        try:
            return read_email(str(self.claims.get("email", "")))
        except Invalid:
            return None


def person(transaction: Transaction, visit: Visit, wish: Wish) -> User:
    """The user to sign in; one that is new, if people may sign up by themselves.

    A known identity is the same person. A verified address leads to the account with
    this address, except to one that runs the site: its owner adds the provider when
    signed in, or whoever controls a provider would control the site.
    """
    known = holder(transaction, wish.identity)
    if known is not None:
        return _refuse_state(known)
    if wish.email is None:
        raise _refusal(
            "EmailNotVerified", "The provider does not vouch for an address."
        )
    record = user.by_email(transaction, wish.email)
    if record is None:
        return _new(transaction, visit, wish, wish.email)
    found = record.noun
    if account.find(transaction, found.id).role is not None:
        raise _refusal(
            "LinkNeeded", "Sign in with the password, then add the provider."
        )
    return _joined(transaction, visit, found, wish)


def link_to(transaction: Transaction, visit: Visit, current: User, wish: Wish) -> None:
    """Add the provider to the account of who is signed in."""
    other = holder(transaction, wish.identity)
    if other is not None and other.id != current.id:
        raise Conflict("Another account has this identity already.")
    if other is None:
        after = _with(current, wish.identity)
        USERS.replace(transaction, after)
        noted(transaction, visit, after, shown(current), shown(after))


def holder(transaction: Transaction, identity: Identity) -> User | None:
    """Who has this identity."""
    # The database narrows it down as far as texts compare; we look at what is left.
    text = json.dumps(identity.id)[1:-1]
    plain = text == identity.id
    narrowed = cast(USERS.column.identities, Text).contains(text, autoescape=True)
    for record in USERS.all(transaction, *([narrowed] if plain else [])):
        if identity in record.noun.identities:
            return record.noun
    return None


def _joined(transaction: Transaction, visit: Visit, found: User, wish: Wish) -> User:
    """Add the identity to the account that has the verified address."""
    if found.state != "pending":
        _refuse_state(found)
    after = _with(found, wish.identity)
    if found.state == "pending":
        after = structs.replace(after, state=step(found.state, "confirm"))
        # Whoever signed up with this address never showed that it was theirs.
        user.set_password_hash(transaction, found.id, None)
        session.end_all(transaction, found.id)
    USERS.replace(transaction, after)
    noted(transaction, visit, after, shown(found), shown(after))
    return after


def _new(transaction: Transaction, visit: Visit, wish: Wish, email: str) -> User:
    rules = portal_rules.read(transaction)
    if not rules.sign_up:
        raise _refusal("SignUpClosed", "Nobody signs up here by themselves.")
    terms = rules.terms
    if terms.enabled and terms.consent_required and not wish.terms_accepted:
        raise _refusal("TermsNotAccepted", "Accept the terms of use first.")
    noun = User(
        id=visit.site.chance.hex(ID_BYTES),
        first_name=_name(wish, "given_name", email.partition("@")[0]),
        last_name=_name(wish, "family_name", "-"),
        email=email,
        identities=(wish.identity,),
        groups=("developers",),
        registration_date=transaction.now,
    )
    user.put(transaction, noun)
    accepted = transaction.now if wish.terms_accepted else None
    kept = Account(language=wish.language, terms_accepted=accepted)
    account.put(transaction, noun.id, kept)
    notice.to_developer(transaction, visit.site.addresses.portal, noun, WELCOME, {})
    noted(transaction, visit, noun, None, shown(noun))
    return noun


def _name(wish: Wish, claim: str, otherwise: str) -> str:
    try:
        return read_name(str(wish.claims.get(claim, ""))[:LONGEST_NAME], claim)
    except BramkaError:
        return otherwise


def _with(noun: User, identity: Identity) -> User:
    return structs.replace(noun, identities=(*noun.identities, identity))


def _refuse_state(known: User) -> User:
    if known.may_call:
        return known
    code = "AccountPending" if known.state == "pending" else "AccountBlocked"
    raise _refusal(code, f"The account is {known.state}.")


def _refusal(code: str, text: str) -> Forbidden:
    refusal = Forbidden(text)
    refusal.code = code
    return refusal
