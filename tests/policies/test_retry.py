"""<retry>: again, with pauses."""

import pytest

from bramka.testing.backends import Call, Reply
from bramka.testing.clock import FakeClock
from bramka.testing.playbook import Playbook, play, refusal_of

BUSY = "@(context.Response.StatusCode == 503)"


class Backend:
    """Is busy for a while, and notes when it was asked."""

    def __init__(self, busy: int) -> None:
        self.clock = FakeClock()
        self.busy = busy
        self.times: list[float] = []
        self.bodies: list[bytes] = []

    def __call__(self, call: Call) -> Reply:
        self.times.append(self.clock.elapsed)
        self.bodies.append(call.body)
        is_busy = len(self.times) <= self.busy
        return Reply(503, b"busy") if is_busy else Reply(200, b"done")

    @property
    def pauses(self) -> list[float]:
        pairs = zip(self.times, self.times[1:], strict=False)
        return [round(after - before, 3) for before, after in pairs]


def retried(backend: Backend, how: str, inner: str = "<forward-request />") -> Playbook:
    text = f"<retry {how}>{inner}</retry>"
    return play(backend=text, answers=backend, clock=backend.clock)


@pytest.mark.parametrize(
    ("how", "pauses"),
    [
        ("interval='3'", [3, 3, 3, 3]),
        ("interval='3' first-fast-retry='true'", [0, 3, 3, 3]),
        ("interval='1' delta='2'", [1, 3, 5, 7]),
        ("interval='1' delta='2' first-fast-retry='true'", [0, 3, 5, 7]),
        ("interval='@(1 + 1)'", [2, 2, 2, 2]),
    ],
)
def test_pauses_are_fixed_or_grow_by_delta(how: str, pauses: list[float]) -> None:
    backend = Backend(busy=4)
    retried(backend, f"condition='{BUSY}' count='9' {how}").call().answered("done")
    assert backend.pauses == pauses


def test_pauses_grow_exponentially_up_to_the_longest() -> None:
    backend = Backend(busy=6)
    how = f"condition='{BUSY}' count='9' interval='1' delta='2' max-interval='20'"
    retried(backend, how).call().answered("done")
    for number, pause in enumerate(backend.pauses, 1):
        low, high = (1 + (2**number - 1) * 2 * share for share in (0.8, 1.2))
        assert min(low, 20) <= pause <= min(high, 20)
    assert backend.pauses[-1] == 20
    assert backend.pauses[0] != 3


def test_after_the_last_try_the_last_answer_counts() -> None:
    backend = Backend(busy=9)
    how = f"condition='{BUSY}' count='2' interval='1'"
    retried(backend, how).call().answered("busy", 503).reached(3)


def test_the_body_is_sent_again() -> None:
    backend = Backend(busy=2)
    how = f"condition='{BUSY}' count='@(2)' interval='1'"
    retried(backend, how).call("POST", body=b"again").answered("done")
    assert backend.bodies == [b"again"] * 3


def test_other_policies_run_again_with_it() -> None:
    backend = Backend(busy=2)
    inner = """<set-variable name="n" value="@(1 +
        context.Variables.GetValueOrDefault<int>("n"))" />
        <set-header name="X-Try"><value>@((int)context.Variables["n"])</value>
        </set-header><forward-request />"""
    how = f"condition='{BUSY}' count='3' interval='1'"
    assert retried(backend, how, inner).call().sent.header("X-Try") == "3"


def test_a_backend_out_of_reach_is_tried_again_if_the_condition_says_so() -> None:
    tries: list[Call] = []

    def answer(call: Call) -> Reply:
        tries.append(call)
        if len(tries) < 3:
            raise OSError
        return Reply(200, b"at last")

    how = "count='5' interval='1' condition='@(context.Response == null)'"
    text = f"<retry {how}><forward-request /></retry>"
    play(backend=text, answers=answer).call("POST", body=b"x").answered("at last")


def test_a_condition_that_cannot_be_evaluated_ends_the_tries() -> None:
    how = f"count='5' interval='1' condition='{BUSY}'"
    text = f"<retry {how}><forward-request /></retry>"
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    move = "<set-backend-service base-url='http://nowhere.test' />"
    book = play(inbound=move, backend=text, on_error=told).call()
    book.answered("BackendConnectionFailure", 500)


def test_it_may_look_at_the_body_of_the_answer() -> None:
    backend = Backend(busy=2)
    how = """condition="@(context.Response.Body.As<string>(true) == "busy")"
        count="5" interval="1" """
    retried(backend, how).call().answered("done")


def test_without_the_backend_in_it_the_other_policies_are_repeated() -> None:
    text = """<retry count="3" interval="1"
          condition="@((int)context.Variables["n"] != 2)">
        <set-variable name="n" value="@(1 +
          context.Variables.GetValueOrDefault<int>("n"))" />
      </retry>
      <set-header name="X-N"><value>@((int)context.Variables["n"])</value>
      </set-header>"""
    assert play(text).call().sent.header("X-N") == "2"


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("count='51' interval='1'", "'count' is '51'"),
        ("count='0' interval='1'", "'count' is '0'"),
        ("count='1' interval='-1'", "'interval' is '-1'"),
        ("count='1' interval='1' max-interval='x'", "'max-interval' is 'x'"),
        ("count='1' interval='1' delta='x'", "'delta' is 'x'"),
        ("count='1' interval='1' first-fast-retry='x'", "'first-fast-retry' is 'x'"),
    ],
)
def test_its_numbers_are_checked(how: str, told: str) -> None:
    text = f"<retry condition='@(true)' {how}><forward-request /></retry>"
    assert told in refusal_of(backend=text)
