"""What helps to write policies: the elements there are, a trial, what is in force."""

import re
from collections.abc import Sequence

import msgspec

from bramka.domain.errors import Detail, Invalid
from bramka.domain.traffic.policy import GLOBAL_DEFAULT, INHERIT, PolicyDocument
from bramka.domain.traffic.policy_format import to_raw
from bramka.domain.traffic.policy_join import join
from bramka.management.call import Call, Properties
from bramka.management.resource import Ids
from bramka.management.resources.policy import read_text
from bramka.management.resources.restriction import refuse_unrestricted
from bramka.management.shape import wrong
from bramka.store.configuration import read_surroundings
from bramka.store.policy import POLICIES

_PLACE = re.compile(
    r"^Error (?:in element '(?P<element>[^']*)' )?on line (?P<line>\d+), "
    r"column (?P<column>\d+): (?P<message>.*)$",
    re.DOTALL,
)
_SCOPE = re.compile(r"^(?:products/[^/]+|apis/[^/]+(?:/operations/[^/]+)?)?$")


def policy_elements(call: Call, ids: Ids) -> Sequence[object]:
    """`policyElements`: every policy with its attributes and an example."""
    del ids
    return [
        {
            "id": f"{call.base}/policyElements/{one.name}",
            "type": "Microsoft.ApiManagement/service/policyElements",
            "name": one.name,
            "properties": {
                "summary": one.summary,
                "description": one.about,
                "example": one.example,
                "sections": list(one.sections),
                "scopes": list(one.scopes),
                "once": one.once,
                "attributes": [msgspec.to_builtins(each) for each in one.attributes],
                "children": one.children,
            },
        }
        for one in call.site.policies
    ]


def expression_types(call: Call, ids: Ids) -> Sequence[object]:
    """`expressionTypes`: what policy expressions can name, for completion."""
    del ids
    return [
        {
            "id": f"{call.base}/expressionTypes/{one.name}",
            "type": "Microsoft.ApiManagement/service/expressionTypes",
            "name": one.name,
            "properties": {
                "parameters": list(one.parameters),
                "bases": list(one.bases),
                "item": one.item,
                "members": [
                    {
                        "name": each.name,
                        "result": each.result,
                        "takes": each.takes,
                        "generics": list(each.generics),
                        "isStatic": each.is_static,
                    }
                    for each in one.members
                ],
            },
        }
        for one in call.site.expression_types()
    ]


def try_policy(call: Call, ids: Ids) -> object:
    """`validatePolicy`: what the gateway would say of a document; nothing is kept."""
    del ids
    given = call.json()
    text, escaped = read_text(
        {name: given[name] for name in ("format", "value") if name in given}
    )
    document = PolicyDocument(scope=_scope(given), text=text, escaped=escaped)
    try:
        refuse_unrestricted(call, document)
        call.site.compile_policy(document, read_surroundings(call.transaction))
    except Invalid as error:
        told = error.details or (Detail(error.code, error.target, error.message),)
        return {"valid": False, "problems": [_problem(one) for one in told]}
    return {"valid": True, "problems": []}


def effective_policy(call: Call, ids: Ids) -> object:
    """`effectivePolicy`: what is in force at a scope, each policy with its origin."""
    del ids
    scope = _scope({"scope": call.query.get("scope", "")})
    product = call.query.get("productId", "")
    chain = _chain(scope, product)
    documents = [(one, _text(call, one)) for one in chain]
    return {
        "scope": scope,
        "sections": [
            {"name": section.value, "policies": [msgspec.to_builtins(p) for p in found]}
            for section, found in join(documents).items()
        ],
    }


def _chain(scope: str, product: str) -> list[str]:
    """The scopes whose documents count, narrowest first."""
    chain = [scope] if scope else []
    if "/operations/" in scope:
        chain.append(scope.partition("/operations/")[0])
    if product and not scope.startswith("products/"):
        chain.append(f"products/{product}")
    return [*chain, ""]


def _text(call: Call, scope: str) -> str:
    record = POLICIES.find(call.transaction, scope)
    if record is None:
        return INHERIT if scope else GLOBAL_DEFAULT
    return to_raw(record.noun.text) if record.noun.escaped else record.noun.text


def _scope(given: Properties) -> str:
    scope = str(given.get("scope") or "").strip("/")
    if not _SCOPE.match(scope):
        raise wrong(
            "scope",
            f"'{scope}' is no scope; write apis/ID, apis/ID/operations/ID, "
            "products/ID, or nothing for all APIs",
        )
    return scope


def _problem(detail: Detail) -> Properties:
    found = _PLACE.match(detail.message)
    if found is None:
        return {"line": 1, "column": 1, "element": None, "message": detail.message}
    return {
        "line": int(found["line"]),
        "column": int(found["column"]),
        "element": found["element"],
        "message": found["message"],
    }
