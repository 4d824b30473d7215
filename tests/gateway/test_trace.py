"""Traces: who may have one, what it tells, what it hides."""

from typing import Any

import msgspec
import pytest

from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.domain.traffic.trace import DebugCredentials, Trace
from bramka.gateway.trace import Traces
from bramka.testing.backends import Reply
from bramka.testing.nouns import KEY
from bramka.testing.playbook import Playbook, play

LOCATION = "http://console.test/gateway/traces/"
OLD = {"Ocp-Apim-Trace": "true"}


SINGLE = "<set-variable name='f' value='@(1.5f)' />"


def traced(playbook: Playbook, *, allowed: bool = True) -> Playbook:
    """The playbook with a subscription that may be traced."""
    engine = playbook.gateway.engine
    engine.trace_location = LOCATION
    assert engine.plan is not None
    configuration = engine.plan.configuration
    first = Subscription(
        id="first",
        scope="/products/starter",
        owner_id="ada",
        allow_tracing=allowed,
        primary_digest=key_digest(KEY.encode(), b""),
    )
    playbook.gateway.take(
        msgspec.structs.replace(configuration, subscriptions={"first": first})
    )
    return playbook


def token(playbook: Playbook, **other: Any) -> dict[str, str]:
    given: dict[str, Any] = {
        "api": "tried",
        "gateway": "managed",
        "until": int(playbook.clock.now()) + 60,
    }
    credentials = DebugCredentials(**(given | other))
    return {"Apim-Debug-Authorization": credentials.token(b"")}


def only_trace(playbook: Playbook) -> Trace:
    (batch,) = playbook.gateway.engine.traces.batches()
    (trace,) = batch
    return trace


def sources(trace: Trace, section: str) -> list[str]:
    return [entry.source for entry in trace.trace_entries[section]]


# --- who may ------------------------------------------------------------------------


def test_a_subscription_that_may_be_traced_is_told_where() -> None:
    told = traced(play()).call(headers=OLD).passes()
    trace = only_trace(told)
    assert told.answer.headers_of("Ocp-Apim-Trace-Location") == [LOCATION + trace.door]
    assert len(trace.door) == 32


@pytest.mark.parametrize("headers", [{}, {"Ocp-Apim-Trace": "false"}])
def test_nobody_is_traced_unasked(headers: dict[str, str]) -> None:
    told = traced(play()).call(headers=headers).passes()
    assert not list(told.gateway.engine.traces.batches())


def test_a_subscription_that_may_not_be_traced_is_not() -> None:
    told = traced(play(), allowed=False).call(headers=OLD).passes()
    assert told.answer.headers_of("Ocp-Apim-Trace-Location") == []
    assert not list(told.gateway.engine.traces.batches())


def test_a_call_without_a_key_is_traced_by_credentials_only() -> None:
    told = traced(play(open_api=True))
    unasked = told.call(key=None, headers=OLD).answer
    assert unasked.header("Ocp-Apim-Trace-Location") is None
    told.call(key=None, headers=token(told)).passes()
    assert told.answer.headers_of("Apim-Trace-Id") == [only_trace(told).trace_id]


def test_credentials_trace_whoever_calls_and_open_no_door() -> None:
    told = play()
    told.call(headers=token(told)).passes()
    assert only_trace(told).door == ""


@pytest.mark.parametrize(
    ("changed", "header"),
    [
        ({"until": 1}, "Apim-Debug-Authorization-Expired"),
        ({"api": "other"}, "Apim-Debug-Authorization-WrongAPI"),
        ({"gateway": "edge"}, "Apim-Debug-Authorization-Invalid"),
    ],
)
def test_credentials_that_do_not_fit_are_said_to(
    changed: dict[str, Any], header: str
) -> None:
    told = play()
    told.call(headers=token(told, **changed)).passes()
    assert told.answer.headers_of(header)
    assert not list(told.gateway.engine.traces.batches())


def test_credentials_that_were_called_back_trace_nothing() -> None:
    told = play()
    engine = told.gateway.engine
    assert engine.plan is not None
    whole = engine.plan.configuration
    own = msgspec.structs.replace(whole.instance, debug_epoch=2)
    told.gateway.take(msgspec.structs.replace(whole, instance=own))
    told.call(headers=token(told, epoch=1)).passes()
    assert told.answer.headers_of("Apim-Debug-Authorization-Invalid")
    assert not list(engine.traces.batches())
    for epoch in (2, 3):  # the third: a recall that has not come here yet
        told.call(headers=token(told, epoch=epoch)).passes()
        assert only_trace(told).trace_id


@pytest.mark.parametrize("damage", ["", "aid=tried", "é", "x&sn=y", "aid=tried&sn="])
def test_credentials_that_nobody_signed_are_worth_nothing(damage: str) -> None:
    told = play().call(headers={"Apim-Debug-Authorization": damage}).passes()
    assert told.answer.headers_of("Apim-Debug-Authorization-Invalid")


def test_what_asks_for_a_trace_does_not_reach_the_backend() -> None:
    told = traced(play("<set-header name='A'><value>b</value></set-header>"))
    told.call(headers={**OLD, **token(told)}).passes()
    assert told.sent.headers_of("Ocp-Apim-Trace") == []
    assert told.sent.headers_of("Apim-Debug-Authorization") == []


# --- what it tells ------------------------------------------------------------------

DOCUMENT: dict[str, Any] = {
    "inbound": """
        <set-variable name="kind" value="@(context.Request.Method)" />
        <choose><when condition="@(context.Tracing)">
          <set-header name="X-Kind"><value>@((string)context.Variables["kind"])</value>
          </set-header>
        </when></choose>
        <trace source="mine"><message>on the way</message></trace>""",
    "outbound": '<set-header name="X-Out"><value>yes</value></set-header>',
}


def test_each_policy_is_told_in_order_with_those_inside() -> None:
    told = play(**DOCUMENT)
    trace = only_trace(told.call(headers=token(told)).passes())
    assert sources(trace, "inbound") == [
        "api-inspector",
        "api-inspector",
        "set-variable",
        "choose",
        "set-header",
        "trace",
        "mine",
    ]
    assert sources(trace, "backend") == [
        "forward-request",
        "forward-request",
        "forward-request",
    ]
    assert sources(trace, "outbound") == ["set-header", "transfer-response"]


def test_variables_are_told_before_and_after() -> None:
    told = play(**DOCUMENT)
    trace = only_trace(told.call(headers=token(told)).passes())
    entry = trace.trace_entries["inbound"][2]
    assert entry.data["variables"] == {"before": {}, "after": {"kind": "GET"}}
    assert entry.data["decision"] == "go on"


def test_numbers_of_expressions_are_told_as_numbers() -> None:
    told = play("<set-variable name='n' value='@(5L)' />" + SINGLE)
    trace = only_trace(told.call(headers=token(told)).passes())
    after = trace.trace_entries["inbound"][-1].data["variables"]["after"]
    assert msgspec.json.decode(msgspec.json.encode(after)) == {"n": 5, "f": 1.5}


def test_what_a_policy_changes_is_told_with_its_place() -> None:
    told = play(**DOCUMENT)
    trace = only_trace(told.call(headers=token(told)).passes())
    inner = trace.trace_entries["inbound"][4].data
    assert inner["path"] == "choose[1]/when[1]/set-header[1]"
    assert inner["request"]["headersSet"] == ["X-Kind: GET"]
    out = trace.trace_entries["outbound"][0].data
    assert out["response"] == {"headersSet": ["X-Out: yes"]}


def test_the_request_and_the_answer_of_the_backend_are_told() -> None:
    told = play(answers=Reply(201, b"made", [("X-Made", "1")]))
    trace = only_trace(told.call("GET", "/a?b=c", headers=token(told)).passes())
    whole, sent, came = (entry.data for entry in trace.trace_entries["backend"])
    assert whole["path"] == "forward-request[1]"
    assert sent["request"]["url"] == "http://backend.test/a?b=c"
    assert {"name": "X-Made", "value": "1"} in came["response"]["headers"]
    assert came["response"]["status"]["code"] == 201


def test_an_early_answer_and_the_limit_behind_it_are_told() -> None:
    told = play('<rate-limit calls="1" renewal-period="60" />')
    told.call().passes().call(headers=token(told)).refused(429)
    entry = only_trace(told).trace_entries["inbound"][-1]
    assert entry.source == "rate-limit"
    assert "answer 429: RateLimitExceeded" in entry.data["decision"]


def test_a_failure_and_what_on_error_made_of_it_are_told() -> None:
    told = play(
        inbound='<set-variable name="a" value="@(int.Parse(\'x\'.ToString()))" />',
        on_error='<set-status code="418" reason="Teapot" />',
    )
    trace = only_trace(told.call(headers=token(told)).refused(418))
    failed = trace.trace_entries["inbound"][-1].data["decision"]
    assert failed.startswith("failed: ExpressionValueEvaluationFailure")
    assert sources(trace, "on-error") == ["set-status", "transfer-response"]


def test_expressions_write_into_the_trace() -> None:
    told = play(
        inbound="""<set-variable name="a" value='@{
            context.Trace("half way"); return 1; }' />"""
    )
    trace = only_trace(told.call(headers=token(told)).passes())
    written = [e for e in trace.trace_entries["inbound"] if e.source == "expression"]
    assert written[0].data == {"message": "half way"}


def test_times_are_those_since_the_call_came() -> None:
    told = play(
        backend="""<retry condition="@(context.Response.StatusCode == 503)" count="1"
             interval="2"><forward-request /></retry>""",
        answers=Reply(503, b""),
    )
    trace = only_trace(told.call(headers=token(told)).refused(503))
    tries = [e for e in trace.trace_entries["backend"] if "request" in e.data]
    assert [entry.elapsed[:8] for entry in tries] == ["00:00:00", "00:00:02"]
    assert tries[0].timestamp.endswith("Z")


def test_a_call_is_answered_alike_with_and_without_a_trace() -> None:
    told = play(**DOCUMENT, answers=Reply(200, b"x" * 100_000))
    plain = told.call("POST", "/", b"body").answer
    with_trace = told.call("POST", "/", b"body", headers=token(told)).answer
    assert with_trace.body == plain.body
    assert told.sent.body == b"body"


def test_a_long_trace_is_cut_and_says_so() -> None:
    lines = "".join(
        f'<set-variable name="v{n}" value="{"x" * 900}" />' for n in range(60)
    )
    told = play(inbound=lines)
    trace = only_trace(told.call(headers=token(told)).passes())
    assert len(msgspec.json.encode(trace)) < 400_000
    assert trace.trace_entries["outbound"][-1].data["entriesLeftOut"] > 0


# --- what it hides ------------------------------------------------------------------

SECRET = NamedValue(id="s", display_name="s", value="hush-hush", secret=True)


@pytest.mark.parametrize(
    ("inbound", "headers"),
    [
        ('<set-variable name="v" value="{{s}}" />', {}),
        ('<set-header name="X-A"><value>a {{s}} b</value></set-header>', {}),
        (
            '<set-query-parameter name="a"><value>{{s}}</value></set-query-parameter>',
            {},
        ),
        ('<authentication-basic username="u" password="hush-hush" />', {}),
        ('<trace source="t"><message>it is {{s}}</message></trace>', {}),
        ("", {"Authorization": "Custom hush-hush"}),
        ("", {"Cookie": "session=hush-hush"}),
        (
            """<set-variable name="v"
                 value='@("Bearer " + context.Request.Headers["X"][0])' />""",
            {"X": "Bearer hush-hush"},
        ),
    ],
)
def test_secrets_are_not_told(inbound: str, headers: dict[str, str]) -> None:
    told = play(inbound=inbound, tables={"named_values": {"s": SECRET}})
    told.call(headers={**headers, **token(told)}).passes()
    text = msgspec.json.encode(only_trace(told)).decode()
    assert "hush-hush" not in text
    assert KEY not in text
    assert "***" in text


def test_a_key_in_the_url_is_not_told() -> None:
    told = play()
    told.call("GET", f"/a?subscription-key={KEY}", key=None, headers=token(told))
    assert KEY not in msgspec.json.encode(only_trace(told.passes())).decode()


# --- until console has them ---------------------------------------------------------


def numbered(number: int) -> Trace:
    return Trace(trace_id=f"{number:032x}", gateway="g", api="a", trace_entries={})


def test_what_console_did_not_take_waits_and_the_oldest_go_first() -> None:
    traces = Traces()
    for number in range(150):
        traces.keep(numbered(number))
    batch = next(traces.batches())
    assert batch[0].trace_id == numbered(50).trace_id
    traces.put_back(batch)
    taken = [one for batch in traces.batches() for one in batch]
    assert taken == [numbered(number) for number in range(50, 150)]
