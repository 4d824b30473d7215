"""<set-body>: other content."""

import json

import pytest

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

ORDER = b'{"order": {"id": 7, "Note": "a<b", "items": [{"n": "x"}, {"n": "y"}]}}'
JSON = {"Content-Type": "application/json"}


def test_the_request_gets_it_in_inbound_and_the_answer_in_outbound() -> None:
    text = "<set-body>new</set-body>"
    book = play(inbound=text, outbound=text).call("POST", body=b"old").answered("new")
    assert book.sent.body == b"new"
    assert book.sent.header("Content-Length") == "3"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('@("a" + 1)', "a1"),
        ("@(1.50m)", "1.50"),
        ("@{ return true; }", "True"),
        ('@(new JObject(new JProperty("a", new JArray())))', '{\n  "a": []\n}'),
        ('@(System.Text.Encoding.UTF8.GetBytes("bytes"))', "bytes"),
        ("@((string)null)", ""),
        ('\n  @{ return "x"; }\n', "x"),
        ('Dear @("you") and @(2)', "Dear you and 2"),
    ],
)
def test_what_an_expression_gives_becomes_the_body(expression: str, text: str) -> None:
    play(outbound=f"<set-body>{expression}</set-body>").call().answered(text)


def test_the_old_body_can_be_used() -> None:
    text = "<set-body>@(context.Response.Body.As<string>().ToUpper())</set-body>"
    play(outbound=text).call().answered("FROM THE BACKEND")


def test_a_body_that_can_be_read_once_may_be_given_as_json() -> None:
    book = play("<set-body>@(context.Request.Body.As<JObject>())</set-body>")
    assert book.call("POST", body=b'{"a":1}').sent.body == b'{\n  "a": 1\n}'


def test_markup_inside_is_the_text_itself() -> None:
    text = '<set-body><a x="1">\n <b/>@(1 + 1)&amp;</a></set-body>'
    play(outbound=text).call().answered('<a x="1">\n <b/>2&amp;</a>')


def test_a_content_coding_goes_with_the_old_body() -> None:
    packed = Reply(200, b"...", [("Content-Encoding", "br")])
    book = play(outbound="<set-body>x</set-body>", answers=packed).call()
    assert book.answer.header("Content-Encoding") is None


def liquid(template: str, body: bytes, kind: str = "application/json") -> str:
    text = f'<set-body template="liquid">{template}</set-body>'
    book = play(
        inbound=text, on_error="<set-body>@(context.LastError.Reason)</set-body>"
    )
    book.call("POST", body=body, headers={"Content-Type": kind})
    return book.sent.text if book.backends.calls else book.answer.text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{body.order.id}}", "7"),
        ("{{ body.Order.note }}", "a<b"),
        ("{{body.order.Note | Escape}}", "a&lt;b"),
        ("{{body.order.note | upcase | Append: '!'}}", "A<B!"),
        ("{% for item in body.order.items %}{{item.n}};{% endfor %}", "x;y;"),
        ("{% if body.order.none %}a{% else %}b{% endif %}", "b"),
        ("{{context.Request.Method}} {{context.Request.Url.Path}}", "POST /"),
        ("{{context.User.FirstName}} {{context.Product.Name}}", "Ada Starter"),
        ("{{context.Subscription.CreatedDate | Date: '%Y'}}", "2023"),
        (
            "{{'2024-01-02T15:04:05Z' | Date:'yyyyMMddTHH:mm:ssZ'}}",
            "20240102T15:04:05Z",
        ),
        (
            "{{'2024-01-02T15:04:05+02:00' | date: 'd MMM yy h:mm tt zzz'}}",
            "2 Jan 24 3:04 PM +02:00",
        ),
        ("{{'2024-01-02T12:00:00Z' | Date: 'h t'}}", "12 P"),
        ("{{'2024-01-02T15:04:05.25Z' | Date: 'o'}}", "2024-01-02T15:04:05.2500000Z"),
        ("{{'no date' | Date: 'yyyy'}}", "no date"),
        ("{{context.Request.Headers.content-type}}", "application/json"),
        ("<o><id>{{body.order.id}}</id></o>", "<o><id>7</id></o>"),
    ],
)
def test_a_liquid_template_sees_the_body_and_the_call(template: str, text: str) -> None:
    assert liquid(template, ORDER) == text


def test_a_liquid_template_sees_xml_without_its_namespaces() -> None:
    body = b"""<s:Envelope xmlns:s="http://s"><s:Body><Cust id="3">Ann</Cust>
        <n>1</n><n>2</n></s:Body></s:Envelope>"""
    numbers = "{% for n in body.envelope.body.n %}{{n}}{% endfor %}"
    template = "{{body.envelope.body.cust.id}}" + numbers
    assert liquid(template, body, "text/xml") == "312"


def test_a_nil_element_is_blank_or_null() -> None:
    body = b'<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    template = "{% if body.a == blank %}blank{% elsif body.a == nil %}null{% endif %}"
    shown = {}
    for word in ("blank", "null"):
        text = f'<set-body template="liquid" xsi-nil="{word}">{template}</set-body>'
        book = play(text).call("POST", body=body, headers={"Content-Type": "text/xml"})
        shown[word] = book.sent.text
    assert shown == {"blank": "blank", "null": "null"}


def test_a_liquid_template_sees_the_answer_in_outbound() -> None:
    told = "{{body}} {{context.Response.StatusCode}}"
    text = f'<set-body template="liquid">{told}</set-body>'
    play(outbound=text).call().answered("from the backend 200")


def test_a_body_that_is_not_what_it_says_is_an_error() -> None:
    assert liquid("{{body.a}}", b"{") == "InvalidBody"
    assert liquid("{{body.a}}", b"<a>", "text/xml") == "InvalidBody"
    bomb = b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
    assert liquid("{{body.a}}", bomb, "text/xml") == "InvalidBody"
    assert liquid("{{body.a}}", b"<" * 500_001, "text/xml") == "InvalidBody"


def test_numbers_of_a_template_stay_small() -> None:
    grows = "{% assign a = 9 %}{% for i in (1..60) %}{% assign a = a | Times: a %}"
    assert liquid(grows + "{% endfor %}{{ a }}", b"") == "LiquidTemplateFailure"
    assert liquid("{{ 6 | Times: 7 | plus: 1 | Minus: 1.5 }}", b"") == "41.5"


def test_a_template_has_a_budget() -> None:
    loops = (
        "{% for i in (1..100000) %}{% for j in (1..100000) %}.{% endfor %}{% endfor %}"
    )
    assert liquid(loops, ORDER) == "LiquidTemplateFailure"


def test_a_template_reaches_nothing_else() -> None:
    assert liquid("{{body.__class__}}{{context.__dict__}}", ORDER) == ""
    assert liquid("{% include 'etc' %}", ORDER) == "LiquidTemplateFailure"


def test_a_template_that_cannot_be_read_is_refused() -> None:
    told = refusal_of("<set-body template='liquid'>{% if %}</set-body>")
    assert "the Liquid template cannot be read" in told
    text = "<set-body template='liquid'>@(1)</set-body>"
    assert "holds no policy expressions" in refusal_of(text)


@pytest.mark.parametrize(
    ("template", "parse", "text"),
    [
        ("{{body.iso}}", "true", "03/21/2012 05:40:00"),
        ("{{body.iso}}", "false", "2012-03-21T05:40Z"),
        (
            "{{body.zone}} {{body.ticks}}",
            "true",
            "01/02/2024 01:04:05 12/27/2007 05:58:37",
        ),
        ("{{body.iso | Date: 'yyyy'}} {{body.iso | date: '%d'}}", "true", "2012 21"),
        ("{{body.iso | Date: 'yyyy'}}", "false", "2012"),
        ("{{body.never}} {{body.day}}", "true", "2024-13-01T00:00:00 2024-01-02"),
        ("{{body.list[0]}}", "true", "03/21/2012 05:40:00"),
    ],
)
def test_dates_in_bodies_are_parsed_unless_told_not_to(
    template: str, parse: str, text: str
) -> None:
    body = json.dumps(
        {
            "iso": "2012-03-21T05:40Z",
            "zone": "2024-01-02T03:04:05+02:00",
            "ticks": "/Date(1198735117000)/",
            "never": "2024-13-01T00:00:00",
            "day": "2024-01-02",
            "list": ["2012-03-21T05:40Z"],
        }
    )
    policy = f'<set-body template="liquid" parse-date="{parse}">{template}</set-body>'
    book = play(inbound=policy).call("POST", body=body.encode(), headers=JSON)
    assert book.sent.text == text


def test_the_template_none_is_none() -> None:
    text = """<set-body template="none">@("a" + 1)</set-body>"""
    play(outbound=text).call().answered("a1")


def test_an_unknown_named_value_outside_of_templates_is_refused() -> None:
    assert "no named value 'none'" in refusal_of("<set-body>{{none}}</set-body>")


def test_a_field_is_added_to_a_form() -> None:
    policy = """<set-body>@{
        var body = context.Request.Body.AsFormUrlEncodedContent();
        body["a"].Add("é & ~");
        body["newKey"].Add("new value");
        return body.ToFormUrlEncodedContent();
    }</set-body>"""
    fields = {"Content-Type": "application/x-www-form-urlencoded"}
    book = play(policy).call("POST", body=b"a=1&b=x%2By", headers=fields).passes()
    assert book.sent.text == "a=1&a=%C3%A9+%26+~&b=x%2By&newKey=new+value"


def test_a_condition_asks_whether_there_is_a_body() -> None:
    text = """<set-header name="Sent" exists-action="override"><value>@(
        context.Request.Body?.As&lt;string&gt;(preserveContent: true) ?? "nothing"
        )</value></set-header>"""
    book = play(inbound=text).call().passes()
    assert book.sent.header("Sent") == "nothing"
    book.call("POST", body=b"it").passes()
    assert book.sent.header("Sent") == "it"
    assert book.sent.body == b"it"
