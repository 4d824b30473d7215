"""Users."""

import dataclasses
import re

from msgspec import structs

from bramka.domain.errors import Forbidden
from bramka.domain.traffic.account import ROLES
from bramka.domain.traffic.account_session import Purpose
from bramka.domain.traffic.user import Identity, User
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Action, Ids, Resource, Sent
from bramka.management.resources.group import expanded_groups, linked_texts
from bramka.management.shape import Shape, wrong
from bramka.management.shared_access import user_token
from bramka.store import account, account_link, notice, session, user
from bramka.store.collection import Record
from bramka.store.group import USER_GROUPS
from bramka.store.instance import ADMINISTRATOR

SHORTEST_PASSWORD = 8
CONFIRMATIONS: dict[str, Purpose] = {"signup": "confirm", "invite": "invitation"}
"""`confirmation` of a new user → which link they are sent."""


class Users(Resource[User]):
    """Developers and administrators."""

    segment = "users"
    type = "users"
    collection = user.USERS
    deleted = 204
    shape = Shape(
        noun=User,
        hidden=frozenset(("id", "groups")),
        read_only=frozenset(("registrationDate",)),
        write_only=frozenset(("password", "appType", "confirmation")),
        dates=frozenset(("registrationDate",)),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "firstName": Field(column.first_name),
            "lastName": Field(column.last_name),
            "email": Field(column.email),
            "state": Field(column.state, "word"),
            "registrationDate": Field(column.registration_date, "date"),
            "note": Field(column.note),
            "groups": linked_texts(USER_GROUPS, column.id),
        }

    def show(self, call: Call, noun: User) -> Properties:
        return super().show(call, noun) | expanded_groups(call, noun.groups)

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "generateSsoUrl": Action(_sign_on),
            "confirmations/password/send": Action(_send_reset),
            "token": Action(user_token),
            "role": Action(_role, writes=False, method="GET"),
            "setRole": Action(_set_role),
        }

    def check(self, call: Call, given: Properties) -> Properties:
        del call
        asked = given.get("confirmation", "signup")
        if not isinstance(asked, str) or asked not in CONFIRMATIONS:
            raise wrong("confirmation", "is neither 'signup' nor 'invite'")
        email = given.get("email")
        if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", str(email)):
            raise wrong("email", f"'{email}' is not an email address")
        password = given.get("password")
        if password is not None and (
            not isinstance(password, str) or len(password) < SHORTEST_PASSWORD
        ):
            raise wrong("password", f"has fewer than {SHORTEST_PASSWORD} characters")
        return given

    def accept(self, call: Call, sent: Sent[User]) -> User:
        given = sent.given
        if sent.old is None and "confirmation" in given:
            given = {"state": "pending"} | given
        noun = super().accept(call, dataclasses.replace(sent, given=given))
        _refuse_owner(call, noun.id)
        if not noun.identities:
            own = Identity(provider="Basic", id=noun.email)
            noun = structs.replace(noun, identities=(own,))
        if sent.old is None:
            now = call.transaction.now
            noun = structs.replace(noun, registration_date=now, groups=("developers",))
        elif noun.id == ADMINISTRATOR and not noun.may_call:
            raise wrong("state", "the first administrator always stays active")
        elif not noun.may_call and account.owners(call.transaction) == [noun.id]:
            raise wrong("state", "the only owner stays active")
        return noun

    def save(self, call: Call, noun: User, sent: Sent[User]) -> Record[User]:
        record = user.put(call.transaction, noun)
        password = sent.given.get("password")
        if isinstance(password, str):
            user.set_password(call.transaction, noun.id, password)
        elif sent.found is None:
            # Nobody knows it: the user sets one of their own by mail.
            user.set_password(call.transaction, noun.id, call.site.chance.hex(16))
        if sent.found is not None and (isinstance(password, str) or not noun.may_call):
            # Whoever is signed in with what was true before is so no longer.
            session.end_all(call.transaction, noun.id)
            account_link.void_all(call.transaction, noun.id)
        if "confirmation" in sent.given:
            purpose = CONFIRMATIONS[str(sent.given["confirmation"])]
            _send(call, purpose, noun)
        return record

    def remove(self, call: Call, record: Record[User]) -> None:
        if record.noun.id == ADMINISTRATOR:
            raise wrong("userId", "the first administrator cannot be deleted")
        _refuse_owner(call, record.noun.id)
        if account.owners(call.transaction) == [record.noun.id]:
            raise wrong("userId", "the only owner cannot be deleted")
        if call.flag("notify"):
            portal = call.site.addresses.console
            notice.account_closed(call.transaction, portal, record.noun)
        user.delete(
            call.transaction,
            record.noun.id,
            delete_subscriptions=call.flag("deleteSubscriptions"),
        )


def _refuse_owner(call: Call, user_id: str) -> None:
    """Forbidden for editors: who changes an owner's account could become one."""
    role = account.find(call.transaction, user_id).role
    if role == "owner" and call.role != "owner":
        raise Forbidden(
            f"User '{user_id}' is an owner; only owners change their accounts.",
            target="userId",
        )


def _sign_on(call: Call, ids: Ids) -> object:
    """`generateSsoUrl`: an address that signs the user in, once and soon."""
    return {"value": _link_for(call, ids[-1])}


def sign_on_administrator(call: Call, ids: Ids) -> object:
    """`getssotoken` of the instance: the same for its first administrator."""
    del ids
    return {"redirectUri": _link_for(call, ADMINISTRATOR)}


def _link_for(call: Call, user_id: str) -> str:
    noun = user.USERS.get(call.transaction, user_id).noun
    _refuse_owner(call, noun.id)
    token = account_link.draw(
        call.transaction, call.site.chance, "enter", noun.id, noun.email
    )
    portal = call.site.addresses.console
    return account_link.address(portal, "enter", token)


def _send_reset(call: Call, ids: Ids) -> None:
    """`confirmations/password/send`: a mail to set a new password with."""
    noun = user.USERS.get(call.transaction, ids[-1]).noun
    _refuse_owner(call, noun.id)
    _send(call, "reset", noun, notice.RESET_BY_ADMINISTRATOR)


def _send(call: Call, purpose: Purpose, noun: User, template: str = "") -> None:
    notice.send_link(
        call.transaction,
        call.site.chance,
        call.site.addresses.console,
        purpose,
        noun,
        template=template,
    )


def _role(call: Call, ids: Ids) -> object:
    """`role`: as what the user acts on the management REST; null for developers."""
    user.USERS.get(call.transaction, ids[-1])
    return {"role": account.find(call.transaction, ids[-1]).role}


def _set_role(call: Call, ids: Ids) -> object:
    """`setRole`: only owners let others act on the management REST, or no longer."""
    if call.role != "owner":
        raise Forbidden("Only an owner gives and takes roles.", target="role")
    role = call.json().get("role")
    if role is not None and role not in ROLES:
        raise wrong("role", f"'{role}' is not null or one of {', '.join(ROLES)}")
    chosen = next((one for one in ROLES if one == role), None)
    account.set_role(call.transaction, ids[-1], chosen)
    # Whoever is signed in acts in the new role from the next call on.
    return {"role": chosen}
