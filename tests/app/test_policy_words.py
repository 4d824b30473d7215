"""What the policy editor says of policies, in Polish as in English."""

import json
from pathlib import Path

from bramka.app.console.policy_kinds import policy_kinds

WORDS = Path(__file__).parents[2] / "ui/src/publisher/policies/polish.json"


def sentences() -> set[str]:
    """All that the shelf says of its policies and their attributes."""
    found = set()
    for kind in policy_kinds():
        found |= {kind.summary, *kind.about.split("\n\n")}
        found |= {one.description for one in kind.attributes}
    return found - {""}


def test_every_sentence_of_the_shelf_has_polish_words_and_none_is_left_over() -> None:
    words = json.loads(WORDS.read_text("utf-8"))
    lacking, left_over = sentences() - words.keys(), words.keys() - sentences()
    assert not lacking, f"say these in Polish in {WORDS.name}: {sorted(lacking)}"
    assert not left_over, f"nothing says these any more: {sorted(left_over)}"


def test_every_policy_has_an_example_to_begin_with() -> None:
    assert [kind.name for kind in policy_kinds() if not kind.example] == []
    assert [kind.name for kind in policy_kinds() if kind.about.startswith("<")] == []
