"""Who may call what: subscriptions, products, open APIs; and the exact answers."""

import re
from typing import Any

import pytest
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import (
    Answer,
    Backend,
    Gate,
    api,
    configure,
    document,
    subscription,
    user,
)

from bramka.domain.traffic.api import KeyNames
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import ALL_ACCESS, State, Subscription
from bramka.wire.connection import Limits

MISSING = (
    b'{ "statusCode": 401, "message": "Access denied due to missing subscription key. '
    b'Make sure to include subscription key when making requests to an API." }'
)
INVALID = (
    b'{ "statusCode": 401, "message": "Access denied due to invalid subscription key. '
    b'Make sure to provide a valid key for an active subscription." }'
)
KEYS: dict[str, tuple[str, str]] = {
    "of the product": ("p", "/products/gold"),
    "of the API": ("a", "/apis/echo"),
    "of all APIs": ("apis", "/apis"),
    "of everything": (ALL_ACCESS, "/"),
    "of another product": ("other", "/products/lead"),
    "of another API": ("b", "/apis/other"),
    "of nothing": ("gone", "/products/deleted"),
}
ADMITTED = {"of the product", "of the API", "of all APIs", "of everything"}


def product(name: str, *apis: str, **fields: Any) -> Product:
    return Product(id=name, display_name=name, apis=apis, **fields)


def said(name: str) -> bytes:
    return b"key " + name.encode()


def marked(name: str) -> str:
    header = f'<set-header name="X-{name}"><value>ran</value></set-header>'
    return document(inbound=f"{header}<base />")


def world(backend: Backend, *, opened: bool, required: bool) -> Configuration:
    """Two APIs and two products; `opened` adds a product that needs no key."""
    products = [product("gold", "echo"), product("lead", "other")]
    if opened:
        products.append(product("free", "echo", subscription_required=False))
    return configure(
        [
            api(service_url=backend.url, subscription_required=required),
            api("other", service_url=backend.url),
        ],
        products=products,
        subscriptions=[
            subscription(name, scope, said(what))
            for what, (name, scope) in KEYS.items()
        ],
        policies={f"products/{one.id}": marked(one.id) for one in products},
    )


async def with_key(gate: Gate, key: bytes | None, path: str = "/echo/a") -> Answer:
    lines = [] if key is None else [f"Ocp-Apim-Subscription-Key: {key.decode()}"]
    return await gate.get(path, *lines)


@pytest.fixture
async def backend(open_backend: OpenBackend) -> Backend:
    return await open_backend()


@pytest.mark.parametrize("what", KEYS)
@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("opened", [True, False])
async def test_a_key_opens_what_its_scope_holds_and_no_more(
    what: str, required: bool, opened: bool, backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(world(backend, opened=opened, required=required))
    answer = await with_key(gate, said(what))
    if what in ADMITTED:
        assert answer.status == 200
        # Product policies run for keys of the product, and for no others.
        ran = ["ran"] if what == "of the product" else []
        assert backend.seen[0].values("X-gold") == ran
        assert backend.seen[0].values("X-free") == []
    else:
        assert (answer.status, answer.body) == (401, INVALID)
        assert backend.seen == []


@pytest.mark.parametrize(
    ("opened", "required", "admitted"),
    [
        (False, True, False),
        (False, False, True),
        (True, True, True),
        (True, False, True),
    ],
)
async def test_without_a_key_openness_decides(
    opened: bool, required: bool, admitted: bool, backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(world(backend, opened=opened, required=required))
    answer = await with_key(gate, None)
    assert (answer.status == 200) == admitted
    if admitted:
        assert backend.seen[0].values("X-free") == (["ran"] if opened else [])
    else:
        assert answer.body == MISSING
        assert backend.seen == []


async def test_a_wrong_key_is_refused_even_where_none_is_needed(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(world(backend, opened=True, required=False))
    assert (await with_key(gate, b"wrong")).body == INVALID


@pytest.mark.parametrize(
    "state", ["suspended", "expired", "cancelled", "submitted", "rejected"]
)
async def test_only_an_active_subscription_opens(
    state: State, backend: Backend, open_gate: OpenGate
) -> None:
    one = subscription("s", "/apis/echo", b"k", state=state)
    gate = await open_gate(
        configure([api(service_url=backend.url)], subscriptions=[one])
    )
    answer = await with_key(gate, b"k")
    assert (answer.status, answer.body) == (401, INVALID)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("active", 200),
        ("blocked", 401),
        ("pending", 401),
        ("deleted", 401),
        (None, 401),
    ],
)
async def test_the_owner_of_a_key_must_be_active(
    state: str | None, status: int, backend: Backend, open_gate: OpenGate
) -> None:
    one = subscription("s", "/apis/echo", b"k", owner_id="ann")
    users = [] if state is None else [user("ann", state=state)]
    apis = [api(service_url=backend.url)]
    gate = await open_gate(configure(apis, subscriptions=[one], users=users))
    assert (await with_key(gate, b"k")).status == status


async def test_both_keys_of_a_subscription_open(
    backend: Backend, open_gate: OpenGate
) -> None:
    first = subscription("s", "/apis/echo", b"one")
    second = subscription("s", "/apis/echo", b"two").primary_digest
    both = Subscription(
        id="s",
        scope="/apis/echo",
        primary_digest=first.primary_digest,
        secondary_digest=second,
    )
    gate = await open_gate(
        configure([api(service_url=backend.url)], subscriptions=[both])
    )
    answers = [await with_key(gate, key) for key in (b"one", b"two", b"tw")]
    assert [answer.status for answer in answers] == [200, 200, 401]


# --- the exact answers -----------------------------------------------------------


async def test_the_401_is_byte_for_byte_the_known_one(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(world(backend, opened=False, required=True))
    answer = await with_key(gate, None)
    assert (answer.status, answer.reason) == (401, "Access Denied")
    assert answer.body == MISSING
    assert len(MISSING) == 152
    assert answer.values("Content-Type") == ["application/json"]
    (challenge,) = answer.values("WWW-Authenticate")
    assert challenge == (
        'AzureApiManagementKey realm="https://gate.example/echo",'
        'name="Ocp-Apim-Subscription-Key",type="header"'
    )
    assert len(answer.values("Date")) == 1
    assert answer.values("Connection") == []


async def test_the_404_is_byte_for_byte_the_known_one(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(world(backend, opened=False, required=True))
    body = b'{ "statusCode": 404, "message": "Resource not found" }'
    for path in ("/nothing", "/"):
        answer = await with_key(gate, None, path)
        assert (answer.status, answer.reason) == (404, "Resource Not Found")
        assert answer.body == body
        assert answer.values("Content-Type") == ["application/json"]


async def test_the_429_is_byte_for_byte_the_known_one(
    backend: Backend, open_gate: OpenGate
) -> None:
    text = document(inbound='<rate-limit calls="2" renewal-period="57" /><base />')
    gate = await open_gate(
        configure(
            [api(service_url=backend.url)],
            products=[product("gold", "echo")],
            subscriptions=[subscription("s", "/products/gold", b"k")],
            policies={"products/gold": text},
        )
    )
    answers = [await with_key(gate, b"k") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].reason == "Too Many Requests"
    assert answers[2].values("Retry-After") == ["57"]
    assert answers[2].body == (
        b'{ "statusCode": 429, "message": "Rate limit is exceeded. '
        b'Try again in 57 seconds." }'
    )
    assert len(backend.seen) == 2


async def test_the_403_of_a_quota_is_byte_for_byte_the_known_one(
    backend: Backend, open_gate: OpenGate
) -> None:
    text = document(inbound='<quota calls="1" renewal-period="604800" /><base />')
    gate = await open_gate(
        configure(
            [api(service_url=backend.url)],
            products=[product("gold", "echo")],
            subscriptions=[subscription("s", "/products/gold", b"k", start_date=0.5)],
            policies={"products/gold": text},
        )
    )
    answers = [await with_key(gate, b"k") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 403]
    assert answers[1].reason == "Quota Exceeded"
    seconds = int(answers[1].values("Retry-After")[0])
    days, rest = divmod(seconds, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    left = f"{days}.{clock}" if days else clock
    message = f"Out of call volume quota. Quota will be replenished in {left}."
    assert (
        answers[1].body == f'{{ "statusCode": 403, "message": "{message}" }}'.encode()
    )


async def test_the_500_is_byte_for_byte_the_known_one(open_gate: OpenGate) -> None:
    gate = await open_gate(configure([api(service_url="http://127.0.0.1:1")]))
    answer = await with_key(gate, None)
    assert (answer.status, answer.reason) == (500, "Internal Server Error")
    assert re.fullmatch(
        rb'\{ "statusCode": 500, "message": "Internal server error", '
        rb'"activityId": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}" \}',
        answer.body,
    )
    assert answer.values("Content-Type") == ["application/json"]


async def test_the_answer_without_a_configuration_says_to_wait(
    open_gate: OpenGate,
) -> None:
    gate = await open_gate(None)
    answer = await with_key(gate, None)
    assert answer.status == 503
    assert answer.values("Retry-After") == ["1"]


# --- where the key stands ---------------------------------------------------------


def keyed(backend: Backend, **fields: Any) -> Configuration:
    one = subscription("s", "/apis/echo", b"k1")
    apis = [api(service_url=backend.url, subscription_required=True, **fields)]
    return configure(apis, subscriptions=[one])


NAMES = KeyNames(header="X-Key", query="key")


@pytest.mark.parametrize(
    ("path", "lines", "target"),
    [
        ("/echo/a?x=1", ["Ocp-Apim-Subscription-Key: k1"], "/a?x=1"),
        ("/echo/a?x=1", ["ocp-apim-SUBSCRIPTION-key:k1"], "/a?x=1"),
        ("/echo/a?subscription-key=k1", [], "/a"),
        ("/echo/a?x=1&subscription-key=k1&y=2", [], "/a?x=1&y=2"),
        ("/echo/a?subscription-key=k%31", [], "/a"),
        (
            "/echo/a?subscription%2Dkey=k1&b=subscription-key",
            [],
            "/a?b=subscription-key",
        ),
        ("/echo/a?subscription-key=k1&subscription-key=k2", [], "/a"),
        ("/echo/a?subscription-key=k2", ["Ocp-Apim-Subscription-Key: k1"], "/a"),
        ("/echo/a", ["Ocp-Apim-Subscription-Key: k1"] * 2, "/a"),
        (
            "/echo/a",
            ["Ocp-Apim-Subscription-Key: k1", "Ocp-Apim-Subscription-Key:"],
            "/a",
        ),
    ],
)
async def test_the_key_is_found_and_does_not_reach_the_backend(
    path: str, lines: list[str], target: str, backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend))
    for _ in range(2):
        assert (await gate.get(path, *lines)).status == 200
        seen = backend.seen.pop()
        assert seen.line == f"GET {target} HTTP/1.1"
        assert b"k1" not in seen.head
        assert b"k2" not in seen.head


async def test_two_keys_are_none(backend: Backend, open_gate: OpenGate) -> None:
    gate = await open_gate(keyed(backend))
    lines = [f"Ocp-Apim-Subscription-Key: {key}" for key in ("k1", "k2")]
    assert (await gate.get("/echo/a", *lines)).status == 401
    assert not backend.seen


async def test_names_of_the_key_can_be_chosen(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend, subscription_key_parameter_names=NAMES))
    answers = [
        await gate.get("/echo/a", "x-key: k1"),
        await gate.get("/echo/a?key=k1"),
        await gate.get("/echo/a", "Ocp-Apim-Subscription-Key: k1"),
        await gate.get("/echo/a?subscription-key=k1"),
    ]
    assert [answer.status for answer in answers] == [200, 200, 401, 401]
    assert 'name="X-Key",type="header"' in answers[2].values("WWW-Authenticate")[0]
    assert [seen.line for seen in backend.seen] == ["GET /a HTTP/1.1"] * 2


async def test_the_header_goes_before_the_query(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend))
    header = "Ocp-Apim-Subscription-Key: wrong"
    assert (await gate.get("/echo/a?subscription-key=k1", header)).status == 401


async def test_an_api_may_want_the_key_passed_on(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend, forward_subscription_key=True))
    await gate.get("/echo/a", "Ocp-Apim-Subscription-Key: k1")
    await gate.get("/echo/a?subscription-key=k1")
    assert backend.seen[0].values("Ocp-Apim-Subscription-Key") == ["k1"]
    assert backend.seen[1].line == "GET /a?subscription-key=k1 HTTP/1.1"


async def test_the_key_is_stripped_after_policies_touched_the_headers(
    backend: Backend, open_gate: OpenGate
) -> None:
    text = document(
        inbound='<base /><set-header name="X-A"><value>1</value></set-header>'
    )
    configuration = keyed(backend)
    one = configure(
        list(configuration.apis.values()),
        subscriptions=configuration.subscriptions.values(),
        policies={"apis/echo": text},
    )
    gate = await open_gate(one)
    await gate.get("/echo/a", "Ocp-Apim-Subscription-Key: k1")
    assert backend.seen[0].values("X-A") == ["1"]
    assert b"k1" not in backend.seen[0].head


async def test_a_session_at_the_console_reaches_no_backend(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend))
    ours = "bramka-session=secret"
    for cookies in (f"a=1; {ours}; b=2", ours):
        await gate.get("/echo/a", "Ocp-Apim-Subscription-Key: k1", f"Cookie: {cookies}")
    assert [seen.values("Cookie") for seen in backend.seen] == [["a=1; b=2"], []]


async def test_a_key_is_no_longer_good_once_the_plan_says_so(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend))
    caller = await gate.call()
    request = (
        b"GET /echo/a HTTP/1.1\r\nHost: h\r\nOcp-Apim-Subscription-Key: k1\r\n\r\n"
    )
    statuses = []
    for swap in (False, False, True):
        if swap:
            gone = [api(service_url=backend.url, subscription_required=True)]
            gate.gateway.take(configure(gone, version=2))
        await caller.say(request)
        statuses.append((await caller.hear()).status)
    assert statuses == [200, 200, 401]


async def test_a_refused_upload_is_answered_before_it_ends(
    backend: Backend, open_gate: OpenGate
) -> None:
    gate = await open_gate(keyed(backend), limits=Limits(body_bytes=1 << 20))
    caller = await gate.call()
    head = b"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\n"
    await caller.say(head)
    assert (await caller.hear()).status == 401
    good = b"GET /echo/a?subscription-key=k1 HTTP/1.1\r\nHost: h\r\n\r\n"
    await caller.say(b"x" * 9000 + good)
    assert (await caller.hear()).status == 200
    assert len(backend.seen) == 1
