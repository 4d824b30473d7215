"""Backends by id: pools, breakers, credentials, TLS."""

from collections import Counter
from typing import Any

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.backend import (
    Authorization,
    Backend,
    BackendPool,
    BreakerRule,
    CircuitBreaker,
    Credentials,
    FailureCondition,
    ForwardProxy,
    PoolMember,
    StatusRange,
    Tls,
)
from bramka.domain.traffic.certificate import Certificate
from bramka.testing.backends import Answer, Reply
from bramka.testing.playbook import Playbook, play

GOOD = Reply(200, b"fine")
BAD = Reply(503, b"bad")
CLIENT = Certificate(id="client", chain=b"pem")


def breaker(count: int = 2, accepts: bool = False) -> CircuitBreaker:
    condition = FailureCondition(
        interval="PT1M",
        count=count,
        status_code_ranges=(StatusRange(min=500, max=599),),
    )
    rule = BreakerRule(
        name="r",
        failure_condition=condition,
        trip_duration="PT30S",
        accept_retry_after=accepts,
    )
    return CircuitBreaker(rules=(rule,))


def single(name: str, **more: Any) -> Backend:
    return Backend(id=name, url=f"http://{name}.test/base", **more)


def pool(*members: tuple[str, int, int]) -> Backend:
    services = tuple(
        PoolMember(id=name, weight=weight, priority=priority)
        for name, weight, priority in members
    )
    return Backend(id="pool", type="Pool", pool=BackendPool(services=services))


def sent_to(
    name: str, *backends: Backend, hosts: dict[str, Reply | Answer], **how: Any
) -> Playbook:
    before = how.pop("before", "")
    return play(
        inbound=f"<set-backend-service backend-id='{name}' />{before}",
        on_error=TELL,
        hosts={f"{host}.test": answer for host, answer in hosts.items()},
        tables={
            "backends": {one.id: one for one in backends},
            "certificates": {"client": CLIENT},
        },
        **how,
    )


def hosts_of(book: Playbook) -> list[str]:
    return [call.host.removesuffix(".test") for call in book.backends.calls]


# --- pools --------------------------------------------------------------------------


def test_a_pool_shares_calls_by_weight() -> None:
    book = sent_to(
        "pool",
        single("a"),
        single("b"),
        pool(("a", 3, 1), ("b", 1, 1)),
        hosts={"a": GOOD, "b": GOOD},
    )
    for _ in range(200):
        book.call(path="/x").passes()
    shares = Counter(hosts_of(book))
    assert 125 <= shares["a"] <= 175
    assert book.sent.target == "/base/x"


def test_members_without_weight_share_evenly_or_stand_by() -> None:
    both = pool(("a", 0, 1), ("b", 0, 1))
    book = sent_to("pool", single("a"), single("b"), both, hosts={"a": GOOD, "b": GOOD})
    for _ in range(100):
        book.call()
    assert min(Counter(hosts_of(book)).values()) >= 30
    one = pool(("a", 0, 1), ("b", 1, 1))
    book = sent_to("pool", single("a"), single("b"), one, hosts={"a": GOOD, "b": GOOD})
    for _ in range(20):
        book.call()
    assert set(hosts_of(book)) == {"b"}


def test_a_lower_priority_serves_only_while_the_first_is_open() -> None:
    book = sent_to(
        "pool",
        single("a", circuit_breaker=breaker()),
        single("b"),
        pool(("a", 1, 1), ("b", 1, 2)),
        hosts={"a": BAD, "b": GOOD},
    )
    book.call().refused(503).call().refused(503).call().passes().call().passes()
    assert hosts_of(book) == ["a", "a", "b", "b"]
    book.backends.hosts["a.test"] = GOOD
    book.after(30).call().passes().call()
    assert hosts_of(book)[-2:] == ["a", "a"]


def test_a_retry_reaches_another_member() -> None:
    book = play(
        inbound="<set-backend-service backend-id='pool' />",
        backend="""<retry count="3" interval="0"
            condition="@(context.Response.StatusCode == 503)">
            <forward-request /></retry>""",
        hosts={"a.test": BAD, "b.test": GOOD},
        tables={
            "backends": {
                "a": single("a", circuit_breaker=breaker(1)),
                "b": single("b"),
                "pool": pool(("a", 1, 1), ("b", 1, 2)),
            }
        },
    )
    book.call().answered("fine")
    assert hosts_of(book) == ["a", "b"]


def test_a_pool_whose_members_are_all_open_answers_503() -> None:
    book = sent_to(
        "pool",
        single("a", circuit_breaker=breaker(1)),
        single("b", circuit_breaker=breaker(1)),
        pool(("a", 1, 1), ("b", 1, 1)),
        hosts={"a": BAD, "b": BAD},
    )
    book.call().after(10).call().after(5).call().refused(503)
    assert book.answer.text == (
        '{ "statusCode": 503, "message": '
        '"The backend is not available now. Try again later." }'
    )
    assert book.answer.header("Retry-After") == "15"
    assert book.answer.header("X-Told") == (
        "forward-request|BackendCircuitOpen|the backend 'pool' has failed too often"
    )
    book.reached(2)


# --- breakers -----------------------------------------------------------------------


def test_a_breaker_opens_rests_and_lets_one_call_try() -> None:
    book = sent_to("a", single("a", circuit_breaker=breaker()), hosts={"a": BAD})
    book.call().call().call().refused(503, "not available now").reached(2)
    book.after(30).call().refused(503).reached(3).call().reached(3)
    book.backends.hosts["a.test"] = GOOD
    book.after(30).call().passes().call().passes()


def test_a_backend_that_cannot_be_reached_counts_as_failed() -> None:
    book = sent_to("a", single("a", circuit_breaker=breaker()), hosts={})
    book.call().refused(500).call().refused(500).call().refused(503)


def test_a_backend_that_does_not_answer_in_time_counts_as_failed() -> None:
    slow = Reply(200, b"late", delay=400.0)
    book = sent_to("a", single("a", circuit_breaker=breaker(1)), hosts={"a": slow})
    book.call().refused(500)
    assert (book.answer.header("X-Told") or "").startswith("forward-request|Timeout|")
    book.call().refused(503)


def test_answers_that_policies_wait_for_count_too() -> None:
    book = play(
        inbound="<set-backend-service backend-id='a' />",
        outbound="<set-body>@(context.Response.Body.As<string>())</set-body>",
        hosts={"a.test": BAD, "other.test": GOOD},
        tables={"backends": {"a": single("a", circuit_breaker=breaker())}},
    )
    book.call("POST", body=b"x").answered("bad", 503).call().answered("bad", 503)
    book.call().refused(503, "not available now")


def test_a_backend_may_say_itself_how_long_to_leave_it() -> None:
    busy = Reply(503, b"", [("Retry-After", "5")])
    backend = single("a", circuit_breaker=breaker(1, accepts=True))
    book = sent_to("a", backend, hosts={"a": busy}).call()
    book.after(4).call().reached(1).after(1).call().reached(2)


def test_it_may_say_so_by_a_moment() -> None:
    busy = Reply(503, b"", [("Retry-After", "Tue, 14 Nov 2023 22:13:30 GMT")])
    backend = single("a", circuit_breaker=breaker(1, accepts=True))
    book = sent_to("a", backend, hosts={"a": busy}).call()
    book.after(9).call().reached(1).after(1).call().reached(2)


def test_another_plan_keeps_breakers_open() -> None:
    book = sent_to("a", single("a", circuit_breaker=breaker(1)), hosts={"a": BAD})
    book.call().gateway.take(book._configuration())
    book.call().reached(1)


# --- credentials --------------------------------------------------------------------


def test_credentials_are_added_instead_of_the_callers() -> None:
    credentials = Credentials(
        header={"X-Key": ("one",), "x-two": ("1", "2")},
        query={"code": ("s&p",)},
        authorization=Authorization(scheme="Basic", parameter="abc"),
    )
    book = sent_to("a", single("a", credentials=credentials), hosts={"a": GOOD})
    headers = {"X-Key": "mine", "Authorization": "Bearer mine", "X-Else": "kept"}
    book.call(path="/p?code=mine&x=1", headers=headers).passes()
    sent = book.sent
    assert sent.target == "/base/p?x=1&code=s%26p"
    assert sent.headers_of("X-Key") == ["one"]
    assert sent.headers_of("X-Two") == ["1", "2"]
    assert sent.headers_of("Authorization") == ["Basic abc"]
    assert sent.header("X-Else") == "kept"
    assert sent.header("Ocp-Apim-Subscription-Key") is None


def test_credentials_are_not_lent_to_another_member() -> None:
    credentials = Credentials(header={"X-Key": ("secret",)})
    book = play(
        inbound="<set-backend-service backend-id='pool' />",
        backend="""<retry count="1" interval="0"
            condition="@(context.Response.StatusCode == 503)">
            <forward-request /></retry>""",
        hosts={"a.test": BAD, "b.test": GOOD},
        tables={
            "backends": {
                "a": single("a", credentials=credentials, circuit_breaker=breaker(1)),
                "b": single("b"),
                "pool": pool(("a", 1, 1), ("b", 1, 2)),
            }
        },
    )
    book.call().answered("fine")
    assert [call.header("X-Key") for call in book.backends.calls] == ["secret", None]


def test_policies_do_not_see_the_credentials() -> None:
    credentials = Credentials(header={"X-Key": ("secret",)})
    show = """<set-header name='X-Seen'><value>@(
        context.Request.Headers.GetValueOrDefault("X-Key", "nothing"))</value>
        </set-header>"""
    book = play(
        inbound="<set-backend-service backend-id='a' />",
        outbound=show,
        hosts={"a.test": GOOD},
        tables={"backends": {"a": single("a", credentials=credentials)}},
    ).call()
    assert book.answer.header("X-Seen") == "nothing"


@pytest.mark.parametrize(
    ("chain", "name"), [(True, True), (False, True), (True, False), (False, False)]
)
def test_how_strictly_tls_is_checked_is_the_backends(chain: bool, name: bool) -> None:
    tls = Tls(validate_certificate_chain=chain, validate_certificate_name=name)
    book = sent_to("a", single("a", tls=tls), hosts={"a": GOOD}).call()
    dialling = book.backends.dialled[-1].dialling
    found = (True, True)
    if dialling is not None:
        found = (dialling.verify_chain, dialling.verify_name)
    assert found == (chain, name)


def test_certificate_and_proxy_are_the_backends() -> None:
    backend = single(
        "a",
        credentials=Credentials(certificate_ids=("client",)),
        proxy=ForwardProxy(url="http://proxy.test:3128", username="u", password="p"),
    )
    book = sent_to("a", backend, hosts={"a": GOOD}).call(path="/x")
    dialling = book.backends.dialled[-1].dialling
    assert dialling is not None
    assert dialling.certificate == CLIENT
    assert dialling.proxy == backend.proxy
    assert book.sent.target == "http://a.test/base/x"
    assert book.sent.header("Proxy-Authorization") == "Basic dTpw"


def test_what_a_policy_shows_goes_before_what_the_backend_has() -> None:
    other = Certificate(id="other", chain=b"other")
    backend = single("a", credentials=Credentials(certificate_ids=("client",)))
    book = play(
        inbound="""<set-backend-service backend-id='a' />
          <authentication-certificate certificate-id='other' />""",
        hosts={"a.test": GOOD},
        tables={
            "backends": {"a": backend},
            "certificates": {"client": CLIENT, "other": other},
        },
    ).call()
    dialling = book.backends.dialled[-1].dialling
    assert dialling is not None
    assert dialling.certificate == other


def test_a_pool_skips_members_that_are_not_there() -> None:
    book = sent_to(
        "pool", single("a"), pool(("x", 1, 1), ("a", 1, 1)), hosts={"a": GOOD}
    )
    book.call().passes()
