"""What is lost may be lost: the gateway serves on."""

import os
import signal

from tests.journeys.running import Running, eventually


def test_the_gateway_serves_on_while_the_console_is_dead(demo: Running) -> None:
    demo.kill("console")
    replies = [demo.execute(demo.demo["unlimited_key"]).status for _ in range(20)]
    assert replies == [200] * 20
    # Others live in this house, and want a console.
    eventually(lambda: console_answers(demo))


def console_answers(demo: Running) -> bool:
    try:
        return demo.call("GET", "/", base="console_url").status < 500
    except ConnectionError:
        return False


def test_a_gateway_starts_from_what_it_kept_while_the_console_is_away(
    demo: Running,
) -> None:
    (console,) = demo.pids("console")
    os.kill(console, signal.SIGSTOP)
    try:
        demo.kill("gateway")
        eventually(lambda: answers(demo))
    finally:
        os.kill(console, signal.SIGCONT)


def answers(demo: Running) -> bool:
    try:
        return demo.execute(demo.demo["unlimited_key"]).status == 200
    except ConnectionError:
        return False


def test_killed_services_answer_again(demo: Running) -> None:
    demo.kill("services")
    eventually(lambda: answers(demo))
