"""Policy fragments; one is saved only if the gateway takes it and all that use it."""

import dataclasses

from bramka.domain.errors import Detail, Invalid
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.policy import Fragment, PolicyDocument
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Action, Identifier, Ids, Resource, Sent
from bramka.management.resources.policy import read_text, write_text
from bramka.management.shape import Shape, wrong
from bramka.management.verbs import page_of
from bramka.store import policy
from bramka.store.collection import Record
from bramka.store.configuration import read_surroundings

LARGEST = 512 * 1024
_SECTIONS = ("inbound", "outbound", "backend", "on-error")


class Fragments(Resource[Fragment]):
    """Pieces of policy that documents include by id."""

    segment = "policyFragments"
    type = "policyFragments"
    collection = policy.FRAGMENTS
    identifier = Identifier(80, r"^[\w-]+$")
    verbs = "LHGPD"
    shape = Shape(
        noun=Fragment,
        hidden=frozenset(("id", "text", "escaped")),
        read_only=frozenset(("provisioningState",)),
        write_only=frozenset(("value", "format")),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "description": Field(column.description),
            "value": Field(column.text),
        }

    @property
    def actions(self) -> dict[str, Action]:
        return {"listReferences": Action(_references, writes=False)}

    def show(self, call: Call, noun: Fragment) -> Properties:
        shown = super().show(call, noun)
        return shown | write_text(call, noun.text, escaped=noun.escaped)

    def accept(self, call: Call, sent: Sent[Fragment]) -> Fragment:
        text, escaped = read_text(self.shape.take(sent.given))
        if len(text.encode()) > LARGEST:
            raise wrong("value", f"is larger than {LARGEST} bytes")
        noun = super().accept(
            call,
            dataclasses.replace(
                sent, given=sent.given | {"value": None, "format": None}
            ),
        )
        noun = Fragment(
            id=noun.id, text=text, description=noun.description, escaped=escaped
        )
        _compile(call, noun)
        return noun

    def identity(self, ids: Ids) -> Properties:
        return {"id": ids[-1], "text": ""}

    def remove(self, call: Call, record: Record[Fragment]) -> None:
        policy.delete_fragment(call.transaction, record.noun.id)


def _compile(call: Call, noun: Fragment) -> None:
    """Invalid unless it fits into some section, and into every document it is in."""
    around = read_surroundings(call.transaction)
    around.fragments[noun.id] = noun
    refusals = [
        found for section in _SECTIONS if (found := _try(call, noun, section, around))
    ]
    if len(refusals) == len(_SECTIONS):
        raise refusals[0]
    for record in policy.including(call.transaction, noun.id):
        try:
            call.site.compile_policy(record.noun, around)
        except Invalid as error:
            scope = record.noun.scope or "global"
            detail = Detail("ValidationError", "value", f"at {scope}: {error.message}")
            raise Invalid(
                f"A document that includes '{noun.id}' would no longer work.",
                target="value",
                details=(detail, *error.details),
            ) from None


def _try(
    call: Call, noun: Fragment, section: str, around: Configuration
) -> Invalid | None:
    """Why the fragment cannot stand in a section; None if it can."""
    text = (
        f'<policies><{section}><include-fragment fragment-id="{noun.id}" />'
        f"</{section}></policies>"
    )
    try:
        call.site.compile_policy(PolicyDocument(scope="", text=text), around)
    except Invalid as error:
        return error
    return None


def _references(call: Call, ids: Ids) -> object:
    documents = policy.including(call.transaction, ids[-1])
    paths = [f"/{one.noun.scope}/policies/policy" for one in documents]
    return page_of(
        call, [{"id": call.base + path.replace("//", "/")} for path in paths]
    )
