"""Compiling long documents beforehand, in another thread.

A plan is made in slices between calls, but compiling one expression is one piece of
work, which for tens of kilobytes of C# would hold calls up for a second. What the
thread compiles is remembered by the compiler; the plan then finds it ready.
"""

from collections.abc import Iterable, Iterator, Mapping

from bramka.domain.errors import Invalid
from bramka.domain.traffic import named_value, policy_text
from bramka.domain.traffic.configuration import Configuration, Update
from bramka.domain.traffic.policy import Fragment, PolicyDocument
from bramka.domain.traffic.policy_text import Element, Expression
from bramka.gateway.workshop import CompileExpression

LONG = 4096
"""Characters of a document that is compiled beforehand."""
Text = PolicyDocument | Fragment


def long_texts(update: Update, configuration: Configuration) -> list[Text]:
    """The documents of an update that take long to compile."""
    changed: Iterable[object] = (change.noun for change in update.changes)
    if update.whole is not None:
        changed = (*configuration.policies.values(), *configuration.fragments.values())
    return [
        one
        for one in changed
        if isinstance(one, PolicyDocument | Fragment) and len(one.text) > LONG
    ]


def compile_beforehand(
    texts: Iterable[Text], values: Mapping[str, str], compile_one: CompileExpression
) -> None:
    """Compile their expressions; what is wrong with them the plan will say."""
    for one in texts:
        try:
            text = named_value.expand(one.text, values, escaped=one.escaped)
            root = policy_text.read(text, escaped=one.escaped)
            for expression in _expressions(root):
                compile_one(expression)
        except (Invalid, KeyError):
            continue


def _expressions(root: Element) -> Iterator[Expression]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        waiting += element.children
        for value in (*element.attributes.values(), element.text):
            for part in value.parts:
                if isinstance(part, Expression):
                    yield part
