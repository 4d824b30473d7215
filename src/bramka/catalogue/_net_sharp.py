"""Net#, the language that tells networks: layers in a row, each seeing all before it.

Told in the guide to Net#. Constants, several dimensions, `auto` and output functions
are read; filtered, convolutional, pooling and normalising bundles, layers of several
sources, and shared weights are refused with Error 0039.
"""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from msgspec import Struct

from bramka.domain.learning.module import ModuleError

PARAMETER = "Neural network definition"
_TOKENS = re.compile(r"//[^\n]*|/\*.*?\*/|\s+|[A-Za-z_]\w*|\d+|=>|.", re.DOTALL)
_BLANK = re.compile(r"\s+|//.*|/\*.*", re.DOTALL)
FUNCTIONS = {
    "sigmoid": "logistic",
    "tanh": "tanh",
    "rlinear": "relu",
    "linear": "identity",
}
"""Output functions of hidden layers, and what scikit-learn calls them."""
_UNKNOWN = ("softmax", "square", "sqrt", "srlinear", "abs", "brlinear")
_BUNDLES = ("where", "convolve", "max", "mean", "response")
MOST_NODES = 100_000


class Layer(Struct, frozen=True):
    """One layer; `nodes` is 0 where they are counted automatically."""

    kind: str
    nodes: int
    function: str
    source: str


class Network(Struct, frozen=True):
    """How many nodes each layer has (0: automatically), and their function."""

    inputs: int
    hidden: tuple[int, ...]
    function: str
    outputs: int
    ends: str
    """The output function, if one is told."""


def read_network(text: str) -> Network:
    """The network that a script tells; Errors 0002 and 0039."""
    return _row(_Reader(text).layers())


def _row(layers: dict[str, Layer]) -> Network:
    """The layers from the input to the output, each the source of the next."""
    kinds = [layer.kind for layer in layers.values()]
    if kinds.count("output") != 1 or "input" not in kinds:
        raise _wrong("a network has one output layer and at least one input layer")
    if kinds.count("input") > 1:
        raise unsupported("more than one input layer")
    name = next(name for name, each in layers.items() if each.kind == "output")
    found: list[str] = []
    while layers[name].kind != "input":
        if name in found:
            raise _wrong(f"connections lead from layer {name} back to it")
        found.append(name)
        name = layers[name].source
        if name not in layers or layers[name].kind == "output":
            raise _wrong(f"there is no layer {name} that connections may come from")
    if len(found) + 1 < len(layers):
        raise unsupported("a layer that does not lead to the next one")
    output, *hidden = (layers[each] for each in found)
    functions = {each.function or "sigmoid" for each in hidden} or {"sigmoid"}
    if len(functions) > 1 or not functions <= FUNCTIONS.keys():
        told = " and ".join(sorted(functions))
        raise unsupported(f"{told} as the output function of hidden layers")
    return Network(
        inputs=layers[name].nodes,
        hidden=tuple(each.nodes for each in reversed(hidden)),
        function=FUNCTIONS[functions.pop()],
        outputs=output.nodes,
        ends=output.function,
    )


class _Reader:
    """Reads a script word by word."""

    def __init__(self, text: str) -> None:
        self._words: list[tuple[str, int]] = []
        line = 1
        for word in _TOKENS.findall(text):
            if not _BLANK.fullmatch(word):
                self._words.append((word, line))
            line += word.count("\n")
        self._words.append(("", line))
        self._place = 0
        self._known: dict[str, int] = {}
        self._layers: dict[str, Layer] = {}

    def layers(self) -> dict[str, Layer]:
        while self._next:
            match kind := self._take().lower():
                case "const":
                    self._each(self._constant)
                case "input" | "hidden" | "output":
                    self._each(partial(self._layer, kind))
                case "share":
                    raise unsupported("share")
                case _:
                    self._refuse(kind)
        return self._layers

    @property
    def _next(self) -> str:
        return self._words[self._place][0]

    def _take(self, wanted: str = "") -> str:
        word = self._next
        if not word or (wanted and word != wanted):
            self._refuse(word, wanted)
        self._place += 1
        return word

    def _name(self) -> str:
        if not self._next.isidentifier():
            self._refuse(self._next, "a name")
        return self._take()

    def _refuse(self, word: str, wanted: str = "") -> NoReturn:
        line = self._words[min(self._place, len(self._words) - 1)][1]
        met = f"'{word[:40]}'" if word else "the end"
        raise _wrong(
            f"line {line} has {met}"
            + (f" where {wanted} is expected" if wanted else "")
        )

    def _each(self, read: Callable[[], None]) -> None:
        """One declaration, or several in braces."""
        if self._next != "{":
            read()
            return
        self._take()
        while self._next != "}":
            read()
        self._take()

    def _constant(self) -> None:
        name = self._name()
        self._take("=")
        self._known[name] = self._sum()
        self._end()

    def _end(self) -> None:
        """A semicolon; after the last declaration and a brace it may be missing."""
        before = self._words[self._place - 1][0]
        if self._next not in ("", "}") and before != "}":
            self._take(";")
        while self._next == ";":
            self._take()

    def _layer(self, kind: str) -> None:
        name = self._name()
        if name in self._layers:
            raise _wrong(f"there are two layers {name}")
        nodes, function, source = self._nodes(), "", ""
        if kind != "input":
            if self._next.lower() != "from" and self._next != "{":
                function = self._function()
            source = self._source()
        self._layers[name] = Layer(kind, nodes, function, source)
        self._end()

    def _nodes(self) -> int:
        if self._next.lower() == "auto":
            self._take()
            return 0
        self._take("[")
        sizes = [self._sum()]
        while self._next == ",":
            self._take()
            sizes.append(self._sum())
        self._take("]")
        if min(sizes) < 1 or math.prod(sizes) > MOST_NODES:
            raise _wrong(f"a layer has 1 to {MOST_NODES} nodes")
        return math.prod(sizes)

    def _function(self) -> str:
        name = self._name().lower()
        if name not in FUNCTIONS and name not in _UNKNOWN:
            self._place -= 1
            self._refuse(name, "an output function or from")
        return name

    def _source(self) -> str:
        braces = self._next == "{"
        if braces:
            self._take()
        if self._next.lower() != "from":
            self._refuse(self._next, "from")
        self._take()
        source = self._name()
        kind = self._name().lower()
        if kind in _BUNDLES:
            raise unsupported(kind)
        if kind != "all":
            self._place -= 1
            self._refuse(kind, "all")
        if braces:
            self._end()
            if self._next.lower() == "from":
                raise unsupported("a layer of several sources")
            self._take("}")
        return source

    def _sum(self) -> int:
        total = self._product()
        while self._next in ("+", "-"):
            sign = 1 if self._take() == "+" else -1
            total += sign * self._product()
        return total

    def _product(self) -> int:
        total = self._number()
        while self._next == "*":
            self._take()
            total *= self._number()
        return total

    def _number(self) -> int:
        word = self._take()
        if word.isdecimal() and len(word) < 10:
            return int(word)
        if word == "(":
            found = self._sum()
            self._take(")")
            return found
        if word not in self._known:
            self._place -= 1
            self._refuse(word, "a whole number or a constant")
        return self._known[word]


def _wrong(why: str) -> ModuleError:
    return ModuleError(
        2,
        f'Failed to parse "{PARAMETER}" parameter: it is no Net#: {why}.',
    )


def unsupported(what: str) -> ModuleError:
    return ModuleError(
        39,
        f'Error while completing operation: "{what}" of Net# is not supported here. '
        "Layers stand in a row, and each sees all of the one before.",
    )
