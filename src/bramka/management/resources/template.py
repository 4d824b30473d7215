"""Templates: the texts of mails to developers."""

import dataclasses
from collections.abc import Mapping, Sequence

from lxml import etree

from bramka.domain.errors import Forbidden
from bramka.domain.traffic.mail import TEMPLATES, Template, holds_link
from bramka.domain.traffic.mail_polish import POLISH
from bramka.management.call import Call, Properties
from bramka.management.filter import Kind
from bramka.management.resource import Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import mail
from bramka.store.collection import Record

WRITTEN = TEMPLATES | POLISH


class Templates(Resource[Template]):
    """Always the same ones; to delete a text brings the first one back."""

    segment = "templates"
    type = "templates"
    collection = mail.TEMPLATES
    shape = Shape(
        noun=Template, hidden=frozenset(("id",)), read_only=frozenset(("isDefault",))
    )
    words = tuple(WRITTEN)
    row_kinds: Mapping[str, Kind] = {"name": "text"}

    def find(self, call: Call, ids: Ids) -> Record[Template] | None:
        written = WRITTEN.get(ids[-1])
        if written is None:
            return None
        return super().find(call, ids) or Record(written, 0, 0.0, 0.0)

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        del ids
        return [
            {
                "id": f"{call.base}/templates/{name}",
                "type": "Microsoft.ApiManagement/service/templates",
                "name": name,
                "properties": self.show(call, record.noun),
            }
            for name in _named(call)
            if (record := self.find(call, (name,)))
        ]

    def show(self, call: Call, noun: Template) -> Properties:
        shown = super().show(call, noun)
        return shown | {"isDefault": noun == WRITTEN[noun.id]}

    def accept(self, call: Call, sent: Sent[Template]) -> Template:
        if sent.old is None:
            known = ", ".join(TEMPLATES)
            raise wrong("templateName", f"there are only the templates {known}")
        if holds_link(sent.ids[-1]) and call.role != "owner":
            raise Forbidden(
                f"Mails of the kind '{sent.ids[-1]}' open accounts; only owners change "
                "their text.",
                target="templateName",
            )
        # A PUT that leaves something out keeps what stands.
        noun = super().accept(call, dataclasses.replace(sent, patch=True))
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False
        )
        try:
            etree.fromstring(noun.body.encode(), parser)
        except etree.XMLSyntaxError as error:
            raise wrong("body", f"is not XHTML: {error}") from None
        return noun

    def save(
        self, call: Call, noun: Template, sent: Sent[Template]
    ) -> Record[Template]:
        del sent
        return self.collection.put(call.transaction, noun)


def _named(call: Call) -> Sequence[str]:
    """The templates of a list: English ones, or with `language=pl` Polish ones."""
    return list(POLISH if call.query.get("language") == "pl" else TEMPLATES)
