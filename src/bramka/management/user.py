"""Users."""

from msgspec import structs

from bramka.domain.traffic.user import Identity, User
from bramka.management import cloud
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.made import refused
from bramka.management.resource import Action, Ids, Resource
from bramka.management.shape import Shape, wrong
from bramka.management.shared_access import user_token
from bramka.store import user
from bramka.store.collection import Record
from bramka.store.instance import ADMINISTRATOR

SHORTEST_PASSWORD = 8


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
        }

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "generateSsoUrl": refused(cloud.SIGN_ON),
            "confirmations/password/send": refused(cloud.MAIL),
            "token": Action(user_token),
        }

    def check(self, call: Call, given: Properties) -> Properties:
        del call
        if "confirmation" in given:
            raise wrong("confirmation", "no mail is sent by this version; leave it out")
        password = given.get("password")
        if password is not None and (
            not isinstance(password, str) or len(password) < SHORTEST_PASSWORD
        ):
            raise wrong("password", f"has fewer than {SHORTEST_PASSWORD} characters")
        return given

    def accept(
        self, call: Call, ids: Ids, given: Properties, old: User | None, *, patch: bool
    ) -> User:
        noun = super().accept(call, ids, given, old, patch=patch)
        if not noun.identities:
            own = Identity(provider="Basic", id=noun.email)
            noun = structs.replace(noun, identities=(own,))
        if old is None:
            now = call.transaction.now
            noun = structs.replace(noun, registration_date=now, groups=("developers",))
        elif noun.id == ADMINISTRATOR and not noun.may_call:
            raise wrong("state", "the first administrator always stays active")
        return noun

    def save(
        self, call: Call, noun: User, old: Record[User] | None, given: Properties
    ) -> Record[User]:
        record = user.put(call.transaction, noun)
        password = given.get("password")
        if isinstance(password, str):
            user.set_password(call.transaction, noun.id, password)
        elif old is None:
            # Nobody knows it: the user sets one of their own by mail.
            user.set_password(call.transaction, noun.id, call.site.chance.hex(16))
        return record

    def remove(self, call: Call, record: Record[User]) -> None:
        if record.noun.id == ADMINISTRATOR:
            raise wrong("userId", "the first administrator cannot be deleted")
        user.delete(
            call.transaction,
            record.noun.id,
            delete_subscriptions=call.flag("deleteSubscriptions"),
        )
