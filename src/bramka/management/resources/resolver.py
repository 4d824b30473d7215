"""Resolvers of GraphQL APIs and their policies."""

from lxml import etree

from bramka.domain.traffic.resolver import Resolver, ResolverPolicy
from bramka.management.call import Call, Properties
from bramka.management.resource import Identifier, Resource, Sent
from bramka.management.resources.policy import read_text, write_text
from bramka.management.shape import Shape, wrong
from bramka.store import resolver
from bramka.store.collection import Record

SOURCES = ("http-data-source", "cosmosdb-data-source", "sql-data-source")


class Resolvers(Resource[Resolver]):
    """Where the fields of the API above come from."""

    segment = "resolvers"
    type = "apis/resolvers"
    collection = resolver.RESOLVERS
    shape = Shape(noun=Resolver, hidden=frozenset(("id", "apiId")))
    filtered = ("name", "displayName", "path", "description")

    def remove(self, call: Call, record: Record[Resolver]) -> None:
        resolver.delete(call.transaction, record.noun.api_id, record.noun.id)


class ResolverPolicies(Resource[ResolverPolicy]):
    """How the resolver above gets its value; its id is always `policy`."""

    segment = "policies"
    type = "apis/resolvers/policies"
    collection = resolver.RESOLVER_POLICIES
    identifier = Identifier(6, "^policy$")
    verbs = "LHGPD"
    shape = Shape(
        noun=ResolverPolicy,
        hidden=frozenset(("apiId", "resolverId", "id", "text", "escaped")),
        write_only=frozenset(("value", "format")),
    )

    def show(self, call: Call, noun: ResolverPolicy) -> Properties:
        return write_text(call, noun.text, escaped=noun.escaped)

    def accept(self, call: Call, sent: Sent[ResolverPolicy]) -> ResolverPolicy:
        del call
        text, escaped = read_text(self.shape.take(sent.given))
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False
        )
        try:
            root = etree.fromstring(text.encode(), parser)
        except etree.XMLSyntaxError as error:
            raise wrong("value", f"is not XML: {error}") from None
        if root.tag not in SOURCES:
            known = ", ".join(SOURCES)
            raise wrong("value", f"the root is <{root.tag}>; it is one of {known}")
        api_id, resolver_id, name = sent.ids
        return ResolverPolicy(
            api_id=api_id, resolver_id=resolver_id, id=name, text=text, escaped=escaped
        )
