"""<wait>: policies at the same time."""

from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of


def ask(host: str) -> str:
    return f"""<send-request response-variable-name="{host}">
        <set-url>http://{host}.test/</set-url></send-request>"""


HOSTS = {
    "slow.test": Reply(200, b"s", delay=30),
    "quick.test": Reply(200, b"q", delay=20),
}
SHOW = """<set-body>@(string.Join(",", context.Variables.Keys.OrderBy(k => k)) + " " +
    context.Elapsed.TotalSeconds)</set-body>"""


def test_all_take_as_long_as_the_slowest() -> None:
    text = f"<wait>{ask('slow')}{ask('quick')}</wait>"
    play(inbound=text, outbound=SHOW, hosts=HOSTS).call().answered("quick,slow 30")


def test_any_takes_as_long_as_the_quickest() -> None:
    text = f"<wait for='any'>{ask('slow')}{ask('quick')}</wait>"
    play(inbound=text, outbound=SHOW, hosts=HOSTS).call().answered("quick 20")


def test_which_of_both_may_be_an_expression() -> None:
    text = f"""<wait for="@("a" + "ny")">{ask("slow")}{ask("quick")}</wait>"""
    play(inbound=text, outbound=SHOW, hosts=HOSTS).call().answered("quick 20")


def test_an_answer_inside_ends_the_call() -> None:
    text = f"""<wait>{ask("slow")}<choose><when condition="@(true)">
        <return-response /></when></choose></wait>"""
    play(text, hosts=HOSTS).call().answered("")


def test_its_form_is_checked() -> None:
    assert "needs policies to wait for" in refusal_of("<wait />")
    told = refusal_of("<wait><set-method>GET</set-method></wait>")
    assert "<set-method> cannot stand inside <wait>; <send-request>, " in told
    text = "<wait for='some'><choose><when condition='true'/></choose></wait>"
    assert "'for' is 'some'; it can be all, any" in refusal_of(text)
