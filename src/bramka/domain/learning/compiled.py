"""A trained model as plain data: weighted sums or decision trees; no code to run."""

from typing import Literal

from msgspec import Struct

Operation = Literal["subtract", "divide", "multiply", "add"]
Link = Literal["none", "two", "softmax"]
"""What makes sums probabilities: nothing, the logistic function, or softmax."""
Form = Literal["sums", "trees", "onnx", "direct"]


class Step(Struct, frozen=True, array_like=True):
    """What is done to each number of a row before the model sees it."""

    operation: Operation
    by: tuple[float, ...]


class Sums(Struct, frozen=True, kw_only=True, tag="sums"):
    """Weighted sums of a row's numbers: one regression, two classes, or many."""

    weights: tuple[tuple[float, ...], ...]
    """By number of the row, then by sum."""
    bias: tuple[float, ...]
    link: Link


class Tree(Struct, frozen=True, array_like=True):
    """Nodes by number, the root is 0; a leaf has the feature -1."""

    features: tuple[int, ...]
    thresholds: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    gaps: tuple[bool, ...]
    """Whether what is missing goes left."""
    values: tuple[tuple[float, ...], ...]


class Trees(Struct, frozen=True, kw_only=True, tag="trees"):
    """Decision trees; what they give is their mean."""

    trees: tuple[Tree, ...]


class Compiled(Struct, frozen=True, kw_only=True):
    """A whole model: steps, then sums or trees, then cells of these classes."""

    steps: tuple[Step, ...]
    model: Sums | Trees
    classes: tuple[str | int | float | bool, ...] = ()
    """Empty for a regression."""
    probabilities: bool = False
    gaps: bool = False
    """Whether it takes rows that miss values."""


class Compilation(Struct, frozen=True, kw_only=True):
    """How a model is scored since its publication, and why so."""

    form: Form
    why: str
    """A sentence for people."""
    file: str = ""
    """Which file of the package holds the form; none when it is scored directly."""
