"""Notifications: who is told of what."""

from collections.abc import Sequence

from msgspec import structs

from bramka.domain.errors import Missing
from bramka.domain.traffic.mail import PUBLISHER_EVENTS, Notification
from bramka.management.call import Call, Properties
from bramka.management.members import Joins
from bramka.management.resource import Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store.collection import Record
from bramka.store.mail import NOTIFICATIONS
from bramka.store.transaction import Transaction
from bramka.store.user import USERS

MOST_RECIPIENTS = 100


class Notifications(Resource[Notification]):
    """The events that publishers are told of: always the same ones."""

    segment = "notifications"
    type = "notifications"
    collection = NOTIFICATIONS
    verbs = "LGP"
    tagged = False
    bodiless = True
    words = tuple(PUBLISHER_EVENTS)
    shape = Shape(noun=Notification, hidden=frozenset(("id", "emails", "users")))

    def find(self, call: Call, ids: Ids) -> Record[Notification] | None:
        return found_or_new(call.transaction, ids[0])

    def save(
        self, call: Call, noun: Notification, sent: Sent[Notification]
    ) -> Record[Notification]:
        del sent
        return NOTIFICATIONS.put(call.transaction, noun)

    def accept(self, call: Call, sent: Sent[Notification]) -> Notification:
        del call
        if sent.old is None:
            known = ", ".join(PUBLISHER_EVENTS)
            raise wrong("notificationName", f"'{sent.ids[0]}' is none of {known}")
        return sent.old

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        del ids
        return [
            {
                "id": f"{call.base}/notifications/{name}",
                "type": "Microsoft.ApiManagement/service/notifications",
                "name": name,
                "properties": self.show(call, record.noun),
            }
            for name in PUBLISHER_EVENTS
            if (record := found_or_new(call.transaction, name))
        ]

    def show(self, call: Call, noun: Notification) -> Properties:
        title, description = PUBLISHER_EVENTS[noun.id]
        users = [f"{call.base}/users/{one}" for one in noun.users]
        return {
            "title": title,
            "description": description,
            "recipients": {"emails": list(noun.emails), "users": users},
        }


def found_or_new(transaction: Transaction, name: str) -> Record[Notification] | None:
    """Who is told of this event; None if there is no such event."""
    if name not in PUBLISHER_EVENTS:
        return None
    found = NOTIFICATIONS.find(transaction, name)
    return found or Record(Notification(id=name), 0, 0.0, 0.0)


class Recipients(Joins[Notification]):
    """People, or addresses, that are told of the event above."""

    verbs = "LHPD"
    collection = NOTIFICATIONS
    shape = Notifications.shape
    identifier = Identifier(254)

    def __init__(self, segment: str, field: str, name: str) -> None:
        """`field` of the noun holds them; `name` is how one is shown: `email`."""
        super().__init__()
        self.segment, self.field, self.shown = segment, field, name
        self.type = f"notifications/{segment}"

    def spelling(self, call: Call, ids: Ids) -> str:
        record = found_or_new(call.transaction, ids[0])
        held = self._held(record.noun) if record else ()
        wanted = ids[1].lower()
        return next((one for one in held if one.lower() == wanted), ids[1])

    def find(self, call: Call, ids: Ids) -> Record[Notification] | None:
        record = found_or_new(call.transaction, ids[0])
        return record if record and ids[1] in self._held(record.noun) else None

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        record = found_or_new(call.transaction, ids[0])
        held = self._held(record.noun) if record else ()
        path = f"{call.base}/notifications/{ids[0]}/{self.segment}"
        return [
            {
                "id": f"{path}/{one}",
                "type": f"Microsoft.ApiManagement/service/{self.type}",
                "name": one,
                "properties": {self.shown: one},
            }
            for one in held
        ]

    def put(self, call: Call, ids: Ids) -> tuple[Record[Notification], bool]:
        self._refuse_unfit(call, ids[1])
        record = found_or_new(call.transaction, ids[0])
        if record is None:
            raise Missing(f"There is no event '{ids[0]}'.", target="notificationName")
        held = self._held(record.noun)
        if ids[1] in held:
            return record, False
        if len(held) >= MOST_RECIPIENTS:
            raise wrong(self.segment, f"has {MOST_RECIPIENTS} entries already")
        changed = structs.replace(record.noun, **{self.field: (*held, ids[1])})
        return NOTIFICATIONS.put(call.transaction, changed), True

    def take_out(self, call: Call, ids: Ids) -> bool:
        record = self.find(call, ids)
        if record is None:
            return False
        rest = tuple(one for one in self._held(record.noun) if one != ids[1])
        changed = structs.replace(record.noun, **{self.field: rest})
        NOTIFICATIONS.put(call.transaction, changed)
        return True

    def name(self, noun: Notification) -> str:
        return self._held(noun)[-1]

    def show(self, call: Call, noun: Notification) -> Properties:
        del call
        return {self.shown: self.name(noun)}

    def _held(self, noun: Notification) -> tuple[str, ...]:
        held: tuple[str, ...] = getattr(noun, self.field)
        return held

    def _refuse_unfit(self, call: Call, one: str) -> None:
        if self.field == "users":
            USERS.get(call.transaction, one)
        elif one.count("@") != 1 or " " in one:
            raise wrong("email", f"'{one}' is not an email address")
