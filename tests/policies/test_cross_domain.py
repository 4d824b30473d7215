"""<cross-domain>: the policy file of Adobe's clients."""

import pytest

from bramka.testing.playbook import play, refusal_of

RULE = "<allow-http-request-headers-from domain='*' headers='*' />"
TEXT = f"<cross-domain><cross-domain-policy>{RULE}</cross-domain-policy></cross-domain>"
OLD = f"<cross-domain><cross-domain>{RULE}</cross-domain></cross-domain>"


@pytest.mark.parametrize("text", [TEXT, OLD])
def test_the_file_is_answered_at_the_root(text: str) -> None:
    book = play(text, tables={"apis": {}, "operations": {}})
    book.call(path="/crossdomain.xml", key=None)
    expected = f"<cross-domain-policy>{RULE}</cross-domain-policy>"
    book.answered(f'<?xml version="1.0"?>\n{expected}')
    assert book.answer.header("Content-Type") == "text/x-cross-domain-policy"


def test_an_api_that_takes_every_path_answers_it_as_well() -> None:
    play(TEXT).call(path="/crossdomain.xml").reached(0)


def test_other_paths_go_on() -> None:
    play(TEXT).call().passes().reached(1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<cross-domain />", "needs a <cross-domain-policy>"),
        ("<cross-domain><other /></cross-domain>", "<other> cannot stand inside"),
        ("<cross-domain><a /><b /></cross-domain>", "holds no cross-domain policy"),
    ],
)
def test_its_form_is_checked(text: str, told: str) -> None:
    assert told in refusal_of(text)
