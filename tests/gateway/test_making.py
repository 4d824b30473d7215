"""A plan made from what changed is the plan made from everything."""

import asyncio
from collections.abc import Iterator
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bramka import policies
from bramka.app.expressions import expression_compiler
from bramka.domain.errors import Invalid
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.configuration import (
    Change,
    Configuration,
    Instance,
    Noun,
    Update,
    apply,
)
from bramka.domain.traffic.exchange import Request
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import Fragment, PolicyDocument
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.domain.traffic.user import User
from bramka.gateway.gateway import Gateway
from bramka.gateway.making import PlanMaker, finish
from bramka.gateway.plan import Plan
from bramka.testing import FakeChance, FakeClock

PEPPER = b"p" * 32
DOCUMENT = """<policies><inbound>{0}<base /></inbound><backend><base /></backend>
<outbound><base /></outbound><on-error><base /></on-error></policies>"""
GLOBAL = """<policies><inbound>{0}</inbound><backend><forward-request /></backend>
<outbound /><on-error /></policies>"""
STATUS = (
    '<set-header name="X-{0}" exists-action="override"><value>{1}</value></set-header>'
)

APIS = ("a", "b")
OPERATIONS = ("one", "two", "three")
TEMPLATES = ("/one", "/{x}", "/one/{y}", "/*", "/one?q={q}", "/three")
PATHS = ("/a", "/a/one", "/b/zzz", "/a/one/2", "/b/three/4/5", "/b/one", "/c/one")
PRODUCTS = ("p", "q")
KEYS = ("k1", "k2", "k3")


def header(draw: st.DrawFn) -> str:
    name, value = draw(st.integers(0, 3)), draw(st.sampled_from(("1", "{{v}}")))
    return STATUS.format(name, value)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    table = draw(
        st.sampled_from(
            (
                "apis",
                "operations",
                "products",
                "policies",
                "subscriptions",
                "users",
                "namedValues",
            )
        )
    )
    key, noun = {
        "apis": _api,
        "operations": _operation,
        "products": _product,
        "policies": _policy,
        "subscriptions": _subscription,
        "users": _user,
        "namedValues": _value,
    }[table](draw)
    may_go = table not in ("namedValues", "apis") and key != ""
    gone = may_go and draw(st.integers(0, 4)) == 0
    return Change(table=table, key=key, noun=None if gone else noun)


def _api(draw: st.DrawFn) -> tuple[str, Noun]:
    name = draw(st.sampled_from(APIS))
    path = draw(st.sampled_from((name, f"{name}/deep")))
    needed = draw(st.booleans())
    url = "http://backend.example"
    api = Api(
        id=name,
        display_name=name,
        path=path,
        service_url=url,
        subscription_required=needed,
    )
    return name, api


def _operation(draw: st.DrawFn) -> tuple[str, Noun]:
    api, name = draw(st.sampled_from(APIS)), draw(st.sampled_from(OPERATIONS))
    template = draw(st.sampled_from(TEMPLATES))
    method = draw(st.sampled_from(("GET", "POST")))
    operation = Operation(
        id=name, api_id=api, display_name=name, method=method, url_template=template
    )
    return f"{api}/{name}", operation


def _product(draw: st.DrawFn) -> tuple[str, Noun]:
    name = draw(st.sampled_from(PRODUCTS))
    apis = tuple(draw(st.sets(st.sampled_from(APIS))))
    needed = draw(st.booleans())
    product = Product(
        id=name, display_name=name, apis=apis, subscription_required=needed
    )
    return name, product


def _policy(draw: st.DrawFn) -> tuple[str, Noun]:
    api, operation = draw(st.sampled_from(APIS)), draw(st.sampled_from(OPERATIONS))
    scopes = ("", "products/p", f"apis/{api}", f"apis/{api}/operations/{operation}")
    scope = draw(st.sampled_from(scopes))
    text = (DOCUMENT if scope else GLOBAL).format(header(draw))
    return scope, PolicyDocument(scope=scope, text=text)


def _subscription(draw: st.DrawFn) -> tuple[str, Noun]:
    name = draw(st.sampled_from(("s", "t")))
    scopes = ("/products/p", "/products/q", "/apis", "/apis/a")
    key = draw(st.sampled_from(KEYS))
    subscription = Subscription(
        id=name,
        scope=draw(st.sampled_from(scopes)),
        owner_id=draw(st.sampled_from((None, "u"))),
        state=draw(st.sampled_from(("active", "suspended"))),
        primary_digest=key_digest(f"{name}{key}".encode(), PEPPER),
    )
    return name, subscription


def _user(draw: st.DrawFn) -> tuple[str, Noun]:
    state: Literal["active", "blocked"] = "active" if draw(st.booleans()) else "blocked"
    user = User(id="u", first_name="A", last_name="B", email="a@b.example", state=state)
    return "u", user


def _value(draw: st.DrawFn) -> tuple[str, Noun]:
    value = draw(st.sampled_from(("x", "y")))
    return "v", NamedValue(id="v", display_name="v", value=value)


BEGINNING = Configuration(
    version=0,
    instance=Instance(name="test", pepper=PEPPER),
    named_values={"v": NamedValue(id="v", display_name="v", value="x")},
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    async def nowhere(*_: object) -> None:
        raise AssertionError("plans are made without calling anybody")

    clock, chance = FakeClock(), FakeChance()
    gateway = Gateway(
        name="test",
        folder=tmp_path_factory.mktemp("gateway"),
        shelf=policies.shelf(),
        expressions=expression_compiler(clock, chance),
        dial=nowhere,  # type: ignore[arg-type] # never called
        clock=clock,
        chance=chance,
    )
    yield gateway
    asyncio.run(gateway.stop(0.0))


def told(plan: Plan) -> list[object]:
    """All that calls can see of a plan."""
    seen: list[object] = []
    for method in ("GET", "POST"):
        for path in PATHS:
            for query in ("", "q=1"):
                request = Request(method, "http", "h", path, query, (), "")
                found = plan.find(request, [])
                seen.append(found and _told_of(*found))
    for name in ("s", "t"):
        for key in KEYS:
            grant = plan.grant(f"{name}{key}".encode())
            opened = grant and [grant.opens(api) for api in APIS]
            seen.append((opened, grant and grant.user, grant and grant.product))
    return seen


def _told_of(api: object, operation: object, *rest: object) -> object:
    if operation is None:
        return api.api, api.open_product, None, rest  # type: ignore[attr-defined]
    rows = operation.rows or api.rows  # type: ignore[attr-defined]
    texts = {
        context: [place and place.path for place in of.inbound.places]
        for context, of in rows.items()
    }
    return api.api, api.open_product, operation.operation, texts, rest  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(changes(), max_size=4), max_size=8))
def test_a_plan_made_from_changes_is_the_plan_made_from_everything(
    gateway: Gateway, batches: list[list[Change]]
) -> None:
    maker = PlanMaker(gateway.workshop)
    configuration = BEGINNING
    plan = finish(maker.make(configuration))

    for number, batch in enumerate(batches, 1):
        update = Update(version=number, changes=tuple(batch))
        configuration = apply(configuration, update)
        plan = finish(maker.make(configuration, update))
        whole = finish(PlanMaker(gateway.workshop).make(configuration))

        assert told(plan) == told(whole)


def change(table: str, key: str, noun: Noun | None) -> Update:
    return Update(version=9, changes=(Change(table=table, key=key, noun=noun),))


def test_a_document_is_compiled_again_when_a_fragment_it_includes_changes(
    gateway: Gateway,
) -> None:
    text = DOCUMENT.format('<include-fragment fragment-id="f" />')
    one = Fragment(id="f", text=f"<fragment>{STATUS.format(1, 1)}</fragment>")
    api = Api(id="a", display_name="a", path="a", service_url="http://b.example")
    operation = Operation(
        id="one", api_id="a", display_name="one", method="GET", url_template="/one"
    )
    configuration = Configuration(
        version=1,
        instance=Instance(name="test", pepper=PEPPER),
        apis={"a": api},
        operations={"a/one": operation},
        fragments={"f": one},
        policies={"apis/a": PolicyDocument(scope="apis/a", text=text)},
    )
    maker = PlanMaker(gateway.workshop)
    before = finish(maker.make(configuration))

    two = Fragment(id="f", text="<fragment><set-method>PUT</set-method></fragment>")
    update = change("fragments", "f", two)
    after = finish(maker.make(apply(configuration, update), update))

    assert before.apis["a"].rows[None].inbound != after.apis["a"].rows[None].inbound


def test_after_a_refused_plan_the_next_is_made_from_everything(
    gateway: Gateway,
) -> None:
    maker = PlanMaker(gateway.workshop)
    finish(maker.make(BEGINNING))
    bad = change("policies", "", PolicyDocument(scope="", text="<policies><nonsense/>"))
    configuration = apply(BEGINNING, bad)
    with pytest.raises(Invalid):
        finish(maker.make(configuration, bad))

    api = Api(id="a", display_name="a", path="a", service_url="http://b.example")
    good = Update(
        version=10,
        changes=(
            Change(table="policies", key="", noun=None),
            Change(table="apis", key="a", noun=api),
        ),
    )
    plan = finish(maker.make(apply(configuration, good), good))

    assert list(plan.apis) == ["a"]
