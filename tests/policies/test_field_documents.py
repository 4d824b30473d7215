# ruff: noqa: E501 documents stand as people write them
"""Documents of the kinds that people write, each with what it is for, end to end."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from tests.policies.test_corpus import answered_json, values

from bramka.testing.backends import Call, Reply
from bramka.testing.clock import FakeClock
from bramka.testing.playbook import Playbook, play

NOON = 1_767_268_800.0
"""1 January 2026, 12:00 UTC."""


def document(
    inbound: str = "", backend: str = "", outbound: str = "", error: str = ""
) -> str:
    return f"""<!-- A document as it stands in a repository. -->
<policies>
    <inbound><base />{inbound}</inbound>
    <backend>{backend or "<base />"}</backend>
    <outbound><base />{outbound}</outbound>
    <on-error><base />{error}</on-error>
</policies>"""


def story(
    *,
    named: dict[str, str] | None = None,
    hosts: Any = None,
    answers: Any = None,
    clock: FakeClock | None = None,
    **sections: str,
) -> Playbook:
    return play(
        document(**sections),
        tables=values(**(named or {})),
        hosts=hosts,
        answers=answers,
        clock=clock,
    )


# --- proving who calls --------------------------------------------------------------


def test_a_token_of_the_backend_is_fetched_once_and_kept() -> None:
    asked: list[Call] = []

    def tokens(call: Call) -> Reply:
        asked.append(call)
        return answered_json({"access_token": f"t{len(asked)}", "expires_in": 3600})

    book = story(
        named={"client-id": "me", "client-secret": "s3cret&more"},
        hosts={"login.test": tokens},
        inbound="""
        <cache-lookup-value key="backend-token" variable-name="token" />
        <choose>
            <when condition="@(!context.Variables.ContainsKey("token"))">
                <send-request mode="new" response-variable-name="answer" timeout="20"
                    ignore-error="false">
                    <set-url>https://login.test/oauth2/token</set-url>
                    <set-method>POST</set-method>
                    <set-header name="Content-Type" exists-action="override">
                        <value>application/x-www-form-urlencoded</value>
                    </set-header>
                    <set-body>@($"grant_type=client_credentials&client_id={{client-id}}&client_secret={System.Net.WebUtility.UrlEncode("{{client-secret}}")}")</set-body>
                </send-request>
                <set-variable name="parsed" value="@(((IResponse)context.Variables["answer"]).Body.As<JObject>())" />
                <set-variable name="token" value="@((string)((JObject)context.Variables["parsed"])["access_token"])" />
                <cache-store-value key="backend-token" value="@((string)context.Variables["token"])"
                    duration="@((int)((JObject)context.Variables["parsed"])["expires_in"] - 60)" />
            </when>
        </choose>
        <set-header name="Authorization" exists-action="override">
            <value>@("Bearer " + (string)context.Variables["token"])</value>
        </set-header>""",
    )
    book.call().passes().call().passes()
    assert book.sent.header("Authorization") == "Bearer t1"
    assert asked[0].text == (
        "grant_type=client_credentials&client_id=me&client_secret=s3cret%26more"
    )
    book.after(3550).call().passes()
    assert book.sent.header("Authorization") == "Bearer t2"


def test_a_webhook_is_let_in_by_its_signature() -> None:
    book = story(
        named={"hook-key": "k3y"},
        inbound="""
        <set-variable name="body" value="@(context.Request.Body.As<string>(preserveContent: true))" />
        <set-variable name="wanted" value="@{
            var key = Encoding.UTF8.GetBytes("{{hook-key}}");
            using (var hmac = new HMACSHA256(key)) {
                var hash = hmac.ComputeHash(Encoding.UTF8.GetBytes((string)context.Variables["body"]));
                return "sha256=" + BitConverter.ToString(hash).Replace("-", "").ToLower();
            }
        }" />
        <choose>
            <when condition="@(context.Request.Headers.GetValueOrDefault("X-Hub-Signature-256", "") != (string)context.Variables["wanted"])">
                <return-response>
                    <set-status code="401" reason="Unauthorized" />
                    <set-body>{"error":"bad signature"}</set-body>
                </return-response>
            </when>
        </choose>""",
    )
    body = b'{"action": "opened"}'
    good = hmac.digest(b"k3y", body, hashlib.sha256).hex()
    sign = "X-Hub-Signature-256"
    book.call("POST", body=body, headers={sign: f"sha256={good}"}).passes()
    assert book.sent.body == body
    book.call("POST", body=body + b" ", headers={sign: f"sha256={good}"}).refused(401)
    book.call("POST", body=body).refused(401, "bad signature")


def test_basic_credentials_become_a_header_and_nothing_else() -> None:
    book = story(
        inbound="""
        <set-variable name="who" value="@(context.Request.Headers.GetValueOrDefault("Authorization", "").AsBasic())" />
        <choose>
            <when condition="@(context.Variables["who"] == null)">
                <return-response>
                    <set-status code="401" reason="Not authorized" />
                    <set-header name="WWW-Authenticate" exists-action="override">
                        <value>Basic realm="reports"</value>
                    </set-header>
                </return-response>
            </when>
        </choose>
        <set-header name="X-User" exists-action="override">
            <value>@(((BasicAuthCredentials)context.Variables["who"]).UserId)</value>
        </set-header>
        <set-header name="Authorization" exists-action="delete" />"""
    )
    assert book.call().refused(401).answer.header("WWW-Authenticate")
    secret = base64.b64encode(b"ada:pw").decode()
    book.call(headers={"Authorization": f"Basic {secret}"}).passes()
    assert book.sent.header("X-User") == "ada"
    assert book.sent.header("Authorization") is None


def test_a_caller_outside_of_the_list_in_a_named_value_is_kept_out() -> None:
    book = story(
        named={"partners": "10.1.1.1, 10.1.1.2"},
        inbound="""
        <set-variable name="ip" value="@(context.Request.Headers.GetValueOrDefault("X-Client-Ip", context.Request.IpAddress).Split(',')[0].Trim())" />
        <choose>
            <when condition="@(!"{{partners}}".Split(',').Select(p => p.Trim()).Contains((string)context.Variables["ip"]))">
                <return-response>
                    <set-status code="403" reason="Forbidden" />
                </return-response>
            </when>
        </choose>""",
    )
    book.call(headers={"X-Client-Ip": "10.1.1.2, 10.9.9.9"}).passes()
    book.call(headers={"X-Client-Ip": "10.1.1.3"}).refused(403)


# --- where it goes ------------------------------------------------------------------


def test_a_part_of_the_callers_gets_the_new_backend_and_keeps_it() -> None:
    book = story(
        named={"canary-percent": "50"},
        hosts={"new.test": Reply(200, b"new"), "old.test": Reply(200, b"old")},
        inbound="""
        <set-variable name="bucket" value="@{
            var id = context.Request.Headers.GetValueOrDefault("X-Customer", "");
            var bytes = System.Security.Cryptography.MD5.Create().ComputeHash(Encoding.UTF8.GetBytes(id));
            return Math.Abs(BitConverter.ToInt32(bytes, 0) % 100);
        }" />
        <choose>
            <when condition="@((int)context.Variables["bucket"] < int.Parse("{{canary-percent}}"))">
                <set-backend-service base-url="https://new.test/v2" />
            </when>
            <otherwise>
                <set-backend-service base-url="https://old.test/v1" />
            </otherwise>
        </choose>""",
    )
    answers = {}
    for number in range(20):
        customer = {"X-Customer": f"c{number}"}
        first = book.call(headers=customer).passes().answer.text
        assert book.call(headers=customer).answer.text == first
        answers[number] = first
    assert set(answers.values()) == {"new", "old"}


def test_a_busy_region_is_left_for_the_next_and_the_body_goes_along() -> None:
    tried: list[str] = []

    def busy(call: Call) -> Reply:
        tried.append(call.host)
        return Reply(429, b"", [("Retry-After", "30")])

    book = story(
        hosts={"east.test": busy, "west.test": answered_json({"ok": True})},
        inbound="""
        <set-variable name="urls" value="@(new JArray("https://east.test/openai", "https://west.test/openai"))" />
        <set-variable name="turn" value="@(0)" />
        <set-query-parameter name="api-version" exists-action="skip"><value>2024-06-01</value></set-query-parameter>""",
        backend="""
        <retry condition="@(context.Response.StatusCode == 429 || context.Response.StatusCode >= 500)"
            count="3" interval="0" first-fast-retry="true">
            <set-backend-service base-url="@((string)((JArray)context.Variables["urls"])[(int)context.Variables["turn"] % 2])" />
            <set-variable name="turn" value="@((int)context.Variables["turn"] + 1)" />
            <forward-request buffer-request-body="true" timeout="120" />
        </retry>""",
    )
    book.call("POST", "/chat", b'{"messages": []}').answered('{"ok": true}')
    assert tried == ["east.test"]
    assert book.sent.url == "west.test/openai/chat?api-version=2024-06-01"
    assert book.sent.body == b'{"messages": []}'


def test_the_model_in_the_body_chooses_the_deployment() -> None:
    book = story(
        hosts={"models.test": Reply(200, b"ok")},
        inbound="""
        <set-variable name="model" value="@{
            try {
                return context.Request.Body.As<JObject>(true)?["model"]?.ToString() ?? "small";
            } catch {
                return "small";
            }
        }" />
        <set-backend-service base-url="https://models.test" />
        <rewrite-uri template="@($"/deployments/{context.Variables["model"]}/completions")" copy-unmatched-params="false" />""",
    )
    book.call("POST", "/complete?x=1", b'{"model": "large"}').passes()
    assert book.sent.target == "/deployments/large/completions"
    book.call("POST", "/complete", b"no json").passes()
    assert book.sent.target == "/deployments/small/completions"


def test_two_backends_are_asked_at_once_and_told_as_one() -> None:
    book = story(
        hosts={
            "orders.test": answered_json({"total": 3}),
            "stock.test": answered_json([{"sku": "a"}, {"sku": "b"}]),
        },
        inbound="""
        <wait for="all">
            <send-request mode="new" response-variable-name="orders" timeout="5" ignore-error="true">
                <set-url>https://orders.test/summary</set-url>
                <set-method>GET</set-method>
            </send-request>
            <send-request mode="new" response-variable-name="stock" timeout="5" ignore-error="true">
                <set-url>https://stock.test/items</set-url>
                <set-method>GET</set-method>
            </send-request>
        </wait>
        <return-response>
            <set-status code="200" reason="OK" />
            <set-header name="Content-Type" exists-action="override"><value>application/json</value></set-header>
            <set-body>@(new JObject(
                new JProperty("orders", ((IResponse)context.Variables["orders"]).Body.As<JObject>()["total"]),
                new JProperty("skus", new JArray(((IResponse)context.Variables["stock"]).Body.As<JArray>().Select(s => s["sku"])))
            ).ToString(Newtonsoft.Json.Formatting.None))</set-body>
        </return-response>""",
    )
    book.call().answered('{"orders":3,"skus":["a","b"]}')


# --- what it looks like -------------------------------------------------------------


def test_a_list_is_cut_to_what_the_caller_needs() -> None:
    rows = [{"id": n, "name": f"n{n}", "secret": "x"} for n in range(5)]
    book = story(
        answers=answered_json({"items": rows}),
        outbound="""
        <set-body>@{
            var items = (JArray)context.Response.Body.As<JObject>()["items"];
            var top = int.Parse(context.Request.OriginalUrl.Query.GetValueOrDefault("top", "3"));
            var kept = items.Take(top).Select(i => new JObject(
                new JProperty("id", i["id"]), new JProperty("name", i["name"])));
            return new JObject(new JProperty("count", items.Count), new JProperty("items", kept)).ToString();
        }</set-body>""",
    )
    made = json.loads(book.call(path="/?top=2").passes().answer.body)
    assert made == {
        "count": 5,
        "items": [{"id": 0, "name": "n0"}, {"id": 1, "name": "n1"}],
    }


def test_numbers_of_cards_do_not_leave() -> None:
    book = story(
        answers=Reply(200, b'{"card": "4111 1111 1111 1234", "n": 12}'),
        outbound=r"""
        <set-body>@{
            var text = context.Response.Body.As<string>(preserveContent: true);
            return Regex.Replace(text, @"\b(?:\d{4}[ -]?){3}(\d{4})\b", "**** **** **** $1");
        }</set-body>""",
    )
    book.call().answered('{"card": "**** **** **** 1234", "n": 12}')


def test_rows_become_lines_for_those_who_want_them_so() -> None:
    book = story(
        answers=answered_json([{"a": 1, "b": "x,y"}, {"a": 2.5, "b": None}]),
        outbound="""
        <choose>
            <when condition="@(context.Request.Headers.GetValueOrDefault("Accept", "").Contains("text/csv"))">
                <set-header name="Content-Type" exists-action="override"><value>text/csv</value></set-header>
                <set-body>@{
                    var made = new StringBuilder("a,b\\n".Replace("\\\\n", "\\n"));
                    foreach (JObject row in context.Response.Body.As<JArray>()) {
                        made.AppendLine(string.Join(",", row.Properties().Select(p =>
                            p.Value.Type == JTokenType.String ? "\\"" + (string)p.Value + "\\"" : p.Value.ToString())));
                    }
                    return made.ToString();
                }</set-body>
            </when>
        </choose>""",
    )
    told = book.call(headers={"Accept": "text/csv"}).passes().answer
    assert told.text.split("\n")[1:3] == ['1,"x,y"', "2.5,"]
    assert told.header("Content-Type") == "text/csv"
    assert book.call().answer.text.startswith("[")


def test_an_order_becomes_an_envelope_and_its_answer_json() -> None:
    soap = b"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
        <s:Body><PriceResult><price>12.50</price></PriceResult></s:Body></s:Envelope>"""
    book = story(
        answers=Reply(200, soap, [("Content-Type", "text/xml")]),
        inbound="""
        <set-header name="SOAPAction" exists-action="override"><value>"urn:GetPrice"</value></set-header>
        <set-body template="liquid">
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetPrice><sku>{{body.sku}}</sku></GetPrice></s:Body></s:Envelope></set-body>
        <set-header name="Content-Type" exists-action="override"><value>text/xml</value></set-header>
        <set-method>POST</set-method>""",
        outbound="""
        <set-variable name="price" value="@{
            var root = context.Response.Body.As<XElement>();
            return root.Descendants().First(e => e.Name.LocalName == "price").Value;
        }" />
        <set-header name="Content-Type" exists-action="override"><value>application/json</value></set-header>
        <set-body>@("{\\"price\\": " + decimal.Parse((string)context.Variables["price"]).ToString("F1") + "}")</set-body>""",
    )
    fields = {"Content-Type": "application/json"}
    book.call("POST", body=b'{"sku": "A-1"}', headers=fields).answered(
        '{"price": 12.5}'
    )
    assert b"<sku>A-1</sku>" in book.sent.body
    assert book.sent.header("SOAPAction") == '"urn:GetPrice"'


def test_every_problem_of_a_request_is_told_at_once() -> None:
    book = story(
        inbound="""
        <set-variable name="problems" value="@{
            var found = new List<string>();
            var query = context.Request.OriginalUrl.Query;
            if (!query.ContainsKey("from")) { found.Add("from is missing"); }
            DateTime day;
            if (query.ContainsKey("from") && !DateTime.TryParse(query.GetValueOrDefault("from"), out day)) { found.Add("from is no date"); }
            if (int.Parse(query.GetValueOrDefault("size", "10")) > 100) { found.Add("size is over 100"); }
            return found;
        }" />
        <choose>
            <when condition="@(((List<string>)context.Variables["problems"]).Any())">
                <return-response>
                    <set-status code="400" reason="Bad Request" />
                    <set-header name="Content-Type" exists-action="override"><value>application/problem+json</value></set-header>
                    <set-body>@(JsonConvert.SerializeObject(new { title = "Bad query", errors = (List<string>)context.Variables["problems"] }))</set-body>
                </return-response>
            </when>
        </choose>""",
    )
    book.call(path="/?size=500").answered(
        '{"title":"Bad query","errors":["from is missing","size is over 100"]}', 400
    )
    book.call(path="/?from=soon").refused(400, "from is no date")
    book.call(path="/?from=2026-01-01").passes()


# --- when and how much --------------------------------------------------------------


@pytest.mark.parametrize(("hour", "status"), [(12, 503), (13, 200)])
def test_in_its_window_the_service_says_when_it_is_back(hour: int, status: int) -> None:
    window = '{"from":"2026-01-01T11:30:00Z","to":"2026-01-01T12:45:00Z"}'
    book = story(
        named={"maintenance": window},
        clock=FakeClock(NOON + (hour - 12) * 3600),
        inbound="""
        <set-variable name="text" value='{{maintenance}}' />
        <set-variable name="back" value="@{
            var window = JObject.Parse((string)context.Variables["text"]);
            var from = DateTime.Parse((string)window["from"]).ToUniversalTime();
            var to = DateTime.Parse((string)window["to"]).ToUniversalTime();
            var now = DateTime.UtcNow;
            return now >= from && now < to ? (int)(to - now).TotalSeconds : 0;
        }" />
        <choose>
            <when condition="@((int)context.Variables["back"] > 0)">
                <return-response>
                    <set-status code="503" reason="Maintenance" />
                    <set-header name="Retry-After" exists-action="override">
                        <value>@(((int)context.Variables["back"]).ToString())</value>
                    </set-header>
                </return-response>
            </when>
        </choose>""",
    )
    answer = book.call().answer
    assert answer.status == status
    assert answer.header("Retry-After") == ("2700" if status == 503 else None)


def test_a_limit_is_told_in_words_of_ones_own() -> None:
    book = story(
        inbound="""
        <rate-limit-by-key calls="2" renewal-period="60" counter-key="@(context.Subscription?.Id ?? context.Request.IpAddress)"
            remaining-calls-header-name="X-Left" retry-after-variable-name="wait" />""",
        error="""
        <choose>
            <when condition="@(context.LastError.Source == "rate-limit-by-key" && context.LastError.Reason == "RateLimitExceeded")">
                <set-status code="429" reason="Slow down" />
                <set-header name="Content-Type" exists-action="override"><value>application/problem+json</value></set-header>
                <set-body>@{
                    return new JObject(
                        new JProperty("type", "https://example.com/limits"),
                        new JProperty("retryAfter", (int)context.Variables["wait"]),
                        new JProperty("instance", context.RequestId)).ToString(Newtonsoft.Json.Formatting.None);
                }</set-body>
            </when>
        </choose>""",
    )
    assert book.call().passes().answer.header("X-Left") == "1"
    book.call().passes().after(10).call().refused(429)
    told = json.loads(book.answer.body)
    assert told["retryAfter"] == 50
    assert len(told["instance"]) == 36
    assert book.answer.reason == "Slow down"


def test_only_good_answers_count_against_the_quota() -> None:
    status = [200]
    book = story(
        answers=lambda _: Reply(status[0], b""),
        inbound="""
        <quota-by-key calls="2" renewal-period="3600" counter-key="@(context.Subscription.Id)"
            increment-condition="@(context.Response.StatusCode >= 200 && context.Response.StatusCode < 300)" />""",
    )
    status[0] = 500
    for _ in range(5):
        book.call().refused(500)
    status[0] = 200
    book.call().passes().call().passes().call()
    book.call().refused(403, "Out of call volume quota")


def test_large_uploads_are_turned_away_before_they_are_read() -> None:
    book = story(
        inbound="""
        <choose>
            <when condition="@(int.Parse(context.Request.Headers.GetValueOrDefault("Content-Length", "0")) > 1024 * 2)">
                <return-response><set-status code="413" reason="Payload Too Large" /></return-response>
            </when>
        </choose>"""
    )
    book.call("POST", body=b"x" * 3000).refused(413)
    book.call("POST", body=b"x" * 2000).passes()
    assert len(book.sent.body) == 2000


# --- following a call ---------------------------------------------------------------


def test_a_trace_is_begun_where_nobody_began_one() -> None:
    book = story(
        inbound="""
        <set-variable name="trace" value="@{
            var given = context.Request.Headers.GetValueOrDefault("traceparent", "");
            var parts = given.Split('-');
            if (parts.Length == 4 && Regex.IsMatch(parts[1], "^[0-9a-f]{32}$")) { return parts[1]; }
            return Guid.NewGuid().ToString("N");
        }" />
        <set-header name="traceparent" exists-action="override">
            <value>@($"00-{context.Variables["trace"]}-{context.RequestId.ToString("N").Substring(0, 16)}-01")</value>
        </set-header>""",
        outbound="""
        <set-header name="X-Trace" exists-action="override"><value>@((string)context.Variables["trace"])</value></set-header>""",
    )
    given = "4bf92f3577b34da6a3ce929d0e0e4736"
    book.call(headers={"traceparent": f"00-{given}-00f067aa0ba902b7-01"}).passes()
    assert book.answer.header("X-Trace") == given
    assert (book.sent.header("traceparent") or "").startswith(f"00-{given}-")
    assert len(book.call().passes().answer.header("X-Trace") or "") == 32


def test_what_went_wrong_is_logged_and_the_caller_gets_a_number() -> None:
    told: list[Call] = []

    def log(call: Call) -> Reply:
        told.append(call)
        return Reply(202)

    book = story(
        hosts={"logs.test": log},
        inbound='<set-variable name="n" value="@(int.Parse(context.Request.Headers["X-N"][0]))" />',
        error="""
        <send-one-way-request mode="new">
            <set-url>https://logs.test/events</set-url>
            <set-method>POST</set-method>
            <set-body>@(new JObject(
                new JProperty("id", context.RequestId.ToString()),
                new JProperty("where", $"{context.LastError.Source}/{context.LastError.Section}/{context.LastError.Path}"),
                new JProperty("why", context.LastError.Reason),
                new JProperty("method", context.Request.Method)).ToString())</set-body>
        </send-one-way-request>
        <set-header name="X-Id" exists-action="override"><value>@(context.RequestId.ToString())</value></set-header>
        <set-status code="500" reason="Ask us" />""",
    )
    book.call(headers={"X-N": "five"}).refused(500).after(1)
    sent = json.loads(told[0].body)
    assert sent["where"] == "set-variable/inbound/set-variable[1]"
    assert sent["why"] == "ExpressionValueEvaluationFailure"
    assert sent["id"] == book.answer.header("X-Id")
    book.call(headers={"X-N": "5"}).passes()


def test_the_version_a_client_is_set_to_stands_in_the_address() -> None:
    """Of the documentation: a service's address, which is a host alone, ends in `/`."""

    def answer(call: Call) -> Reply:
        is_asked = call.target == "/api/ClientConfig/the-key"
        return Reply(200, b"v2" if is_asked else call.target.encode())

    book = story(
        answers=answer,
        inbound="""
        <set-variable name="clientid" value="@(context.Subscription.Key)" />
        <send-request mode="new" response-variable-name="asked" timeout="10" ignore-error="true">
            <set-url>@(new Uri(new Uri(context.Api.ServiceUrl.ToString() + "api/ClientConfig/"),(string)context.Variables["clientid"]).AbsoluteUri)</set-url>
            <set-method>GET</set-method>
        </send-request>
        <set-variable name="clientversion" value="@(((IResponse)context.Variables["asked"]).Body.As<string>())" />
        <set-backend-service base-url="@(context.Api.ServiceUrl.ToString() + "api/" + (string)context.Variables["clientversion"] + "/")" />""",
    )
    book.call(path="/x").answered("/api/v2/x")


def test_braces_of_an_interpolated_query_are_no_named_values() -> None:
    book = story(
        inbound="""
        <set-body>@{
            var query = $@"
                query {{
                    shipments(status: ""{context.Request.Url.Query.GetValueOrDefault("status", "")}"") {{
                        shipmentNumber
                    }}
                }}";
            return JsonConvert.SerializeObject(new { query });
        }</set-body>""",
    )
    book.call("POST", "/?status=late", b"{}").passes()
    query = " ".join(json.loads(book.sent.body)["query"].split())
    assert query == 'query { shipments(status: "late") { shipmentNumber } }'


def test_an_assignment_of_rows_goes_by_the_list_that_knows_the_broker() -> None:
    """Rows of JSON hold what a request's element names; the first that does wins."""
    nodes = [
        {"id": "n1", "brokers": ["B0"], "weight": 1},
        {"id": "n2", "brokers": ["B1", "B2"], "weight": 2},
        {"id": "n3", "brokers": [], "weight": 3},
    ]
    book = story(
        named={"nodes": json.dumps(nodes)},
        inbound="""
        <set-variable name="nodes" value="{{nodes}}" />
        <set-variable name="node" value="@{
            XElement request = context.Request.Body.As<XElement>(preserveContent: true);
            XElement body = request.Descendants(request.Name.Namespace + "Body").FirstOrDefault();
            XElement primitive = (XElement) body.FirstNode;
            var wanted = new JObject(new JProperty("broker", primitive.Descendants("broker").FirstOrDefault().Value));
            JArray sorted = new JArray(JArray.Parse((string)context.Variables["nodes"]).OrderByDescending(obj => (int)obj["weight"]));
            foreach (JObject item in sorted) {
                var brokers = item.GetValue("brokers").ToList();
                if (brokers.Contains(wanted.GetValue("broker"))) {
                    return (string) item.Property("id");
                }
            }
            return "NONE";
        }" />
        <set-header name="x-node" exists-action="override">
            <value>@((string)context.Variables["node"])</value>
        </set-header>""",
    )
    for broker, node in (("B1", "n2"), ("B0", "n1"), ("B9", "NONE")):
        body = f'<s:E xmlns:s="urn:s"><s:Body><p><broker>{broker}</broker></p></s:Body></s:E>'
        book.call("POST", body=body.encode()).passes()
        assert book.sent.header("x-node") == node
