"""<redirect-content-urls>: links that lead where they should."""

from bramka.testing.backends import Reply
from bramka.testing.playbook import play

TEXT = "<redirect-content-urls />"


def test_links_to_the_backend_become_links_to_the_gateway() -> None:
    body = b'{"a": "http://backend.test/x", "b": "http://backend.tested/x"}'
    headers = [
        ("Content-Type", "application/json"),
        ("Location", "http://backend.test"),
    ]
    book = play(outbound=TEXT, answers=Reply(200, body, headers)).call(
        path="/some/path"
    )
    assert book.answer.text == (
        '{"a": "http://gateway.test/x", "b": "http://backend.tested/x"}'
    )
    assert book.answer.header("Location") == "http://gateway.test"


def test_links_to_the_gateway_become_links_to_the_backend_on_the_way_in() -> None:
    book = play(TEXT).call("POST", body=b"see http://GATEWAY.test/a?b")
    assert book.sent.body == b"see http://backend.test/a?b"


def test_pictures_are_left_alone() -> None:
    picture = Reply(200, b"http://backend.test/", [("Content-Type", "image/png")])
    play(outbound=TEXT, answers=picture).call().answered("http://backend.test/")


def test_another_backend_has_other_links() -> None:
    move = "<set-backend-service base-url='http://spare.test/base' />"
    hosts = {"spare.test": Reply(200, b"http://spare.test/base/x")}
    book = play(inbound=move, outbound=TEXT, hosts=hosts)
    book.call(path="/a").answered("http://gateway.test/x")
