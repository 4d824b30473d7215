"""<set-variable>: values for later policies."""

from bramka.domain.traffic.named_value import NamedValue
from bramka.testing.playbook import play


def told(value: str, expression: str) -> str:
    book = play(
        inbound=f"<set-variable name='it' value='{value}' />",
        outbound=f"<set-body>@({expression})</set-body>",
    )
    return book.call().answer.text


def test_an_expressions_value_keeps_its_type() -> None:
    assert told("@(20 + 1)", '(int)context.Variables["it"] * 2') == "42"
    assert told("@(1 == 1)", '(bool)context.Variables["it"] ? "y" : "n"') == "y"
    length = 'context.Variables.GetValueOrDefault<string[]>("it").Length'
    assert told("@(context.Request.Url.Path.Split(&apos;/&apos;))", length) == "2"


def test_text_as_written_is_a_string() -> None:
    assert told("20", '(string)context.Variables["it"] + "1"') == "201"


def test_a_variable_may_be_null() -> None:
    assert told("@((string)null)", 'context.Variables["it"] == null') == "True"


def test_the_last_value_wins() -> None:
    twice = "".join(f"<set-variable name='a' value='{i}' />" for i in (1, 2))
    text = '<set-body>@((string)context.Variables["a"])</set-body>'
    play(inbound=twice, outbound=text).call().answered("2")


def test_a_named_value_may_hold_json() -> None:
    named = NamedValue(
        id="backends", display_name="backends", value='[{"name": "first & best"}]'
    )
    policy = """
    <set-variable name="list" value="{{backends}}" />
    <set-header name="X-First">
      <value>@((string)JArray.Parse((string)context.Variables["list"])[0]["name"])</value>
    </set-header>"""
    book = play(inbound=policy, tables={"named_values": {"backends": named}}).call()
    assert book.sent.header("X-First") == "first & best"
