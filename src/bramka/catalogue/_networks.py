"""What the three modules of neural networks share."""

from collections.abc import Callable
from math import ceil
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta, Struct, field
from numpy.typing import NDArray

from bramka.catalogue._encoding import Scaling
from bramka.catalogue._features import Matrix
from bramka.catalogue._learning import Sample, Seed, Unknown
from bramka.catalogue._libraries import special
from bramka.catalogue._net_sharp import PARAMETER, read_network, unsupported
from bramka.catalogue._ranges import SINGLE, Mode, values_of
from bramka.catalogue._scorers import LINKS, InBatches, Scorer, product
from bramka.domain.learning.module import ModuleError

NORMALIZERS: dict[str, Scaling] = {
    "Min-Max normalizer": "min-max",
    "Gaussian normalizer": "gaussian",
    "Binning normalizer": "binning",
    "Do not normalize": "none",
}
SPECIFICATION = "Hidden layer specification"
AUTOMATIC = """input Data auto;
hidden Hidden auto from Data all;
output Result auto from Hidden all;"""
_BATCHES, _LARGEST_BATCH = 200, 200
_MOST_OFTEN = 10

Rate = Annotated[
    float,
    Meta(
        gt=0,
        le=1,
        description="How far a step goes.",
        extra={**SINGLE, "aliases": ("The learning rate",)},
    ),
]


class NetworkSettings(Struct, frozen=True, kw_only=True):
    """How large the network is and how it learns."""

    mode: Mode = field(name="Create trainer mode", default="Single Parameter")
    layers: Annotated[
        Literal["Fully-connected case", "Custom definition script"],
        Meta(description="Whether layers are told by their nodes, or by a script."),
    ] = field(name=SPECIFICATION, default="Fully-connected case")
    definition: Annotated[
        str,
        Meta(
            description="The network in the language Net#; layers stand in a row.",
            extra={"shown_when": (SPECIFICATION, ("Custom definition script",))},
        ),
    ] = field(name=PARAMETER, default=AUTOMATIC)
    nodes: Annotated[
        str,
        Meta(description="How many nodes a hidden layer has; several with commas."),
    ] = field(name="Number of hidden nodes", default="100")
    rate: Rate = field(name="Learning rate", default=0.1)
    rounds: Annotated[
        int, Meta(ge=1, description="How often all rows are seen.", extra=SINGLE)
    ] = field(name="Number of learning iterations", default=100)
    range_rate: Annotated[str, values_of("learning rate")] = field(
        name="Range for learning rate", default="0.01; 0.02; 0.04"
    )
    range_rounds: Annotated[str, values_of("learning iterations")] = field(
        name="Range for number of learning iterations", default="20; 40; 80; 160"
    )
    diameter: Annotated[
        float, Meta(gt=0, description="How far apart the first weights lie.")
    ] = field(name="The initial learning weights diameter", default=0.1)
    momentum: Annotated[
        float,
        Meta(ge=0, le=1, description="How much of a step is added to the next one."),
    ] = field(name="The momentum", default=0.0)
    normalizer: Annotated[
        Literal[
            "Min-Max normalizer",
            "Gaussian normalizer",
            "Binning normalizer",
            "Do not normalize",
        ],
        Meta(description="How numbers are brought to one scale."),
    ] = field(name="The type of normalizer", default="Min-Max normalizer")
    shuffle: Annotated[
        bool, Meta(description="See the rows in another order each time.")
    ] = field(name="Shuffle examples", default=True)
    seed: Seed = field(name="Random number seed", default=0)
    unknown: Unknown = field(name="Allow unknown categorical levels", default=True)


def network_scaling(settings: NetworkSettings) -> Scaling:
    return NORMALIZERS[settings.normalizer]


def train_network(
    kind: Any, sample: Sample, settings: NetworkSettings, link: str
) -> dict[str, Any]:
    """The weights of one of scikit-learn's networks, layer by layer."""
    sizes, activation = _layers(sample, settings, link)
    estimator = kind(
        hidden_layer_sizes=sizes,
        activation=activation,
        solver="sgd",
        alpha=0.0,
        learning_rate_init=settings.rate,
        max_iter=1,
        momentum=settings.momentum,
        nesterovs_momentum=settings.momentum > 0,
        shuffle=settings.shuffle,
        batch_size=max(1, min(_LARGEST_BATCH, len(sample.rows) // _BATCHES)),
        tol=0.0,
        n_iter_no_change=settings.rounds,
        warm_start=True,
        random_state=sample.seed,
    )
    rows, targets = _as_often_as_they_weigh(sample)
    estimator.fit(rows, targets)
    # That round made the layers; now they begin where the settings say.
    draw = np.random.Generator(np.random.PCG64(sample.seed))
    half = settings.diameter / 2
    estimator.coefs_ = [draw.uniform(-half, half, w.shape) for w in estimator.coefs_]
    estimator.intercepts_ = [np.zeros_like(each) for each in estimator.intercepts_]
    estimator.set_params(max_iter=settings.rounds, random_state=sample.seed)
    estimator.fit(rows, targets)
    return {
        "weights": [np.ascontiguousarray(each) for each in estimator.coefs_],
        "biases": list(estimator.intercepts_),
        "link": link,
        "activation": activation,
    }


def _as_often_as_they_weigh(sample: Sample) -> tuple[Matrix, NDArray[Any]]:
    """The rows and targets, each row so often that its share is that of its weight.

    Steps of few rows are divided by the weight of those few, which would undo it.
    """
    weights = sample.weights
    if weights is None:
        return sample.rows, sample.targets
    ratio = float(weights.mean() / weights.min())
    shown = len(weights) * min(_MOST_OFTEN, ceil(ratio - 1e-9))
    places = (np.arange(shown) + 0.5) / shown * weights.sum()
    chosen = np.searchsorted(np.cumsum(weights), places)
    return sample.rows[chosen], sample.targets[chosen]


def network_scorer(state: dict[str, Any]) -> Scorer:
    """Layer after layer; what was told of a scaled label is scaled back."""
    weights, biases = state["weights"], state["biases"]
    link = LINKS[state["link"]]
    # Models of before know one only.
    activation = _ACTIVATIONS[state.get("activation", "logistic")]
    shift, scale = state.get("shift", 0.0), state.get("scale", 1.0)

    def batch(rows: Matrix) -> Matrix:
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            rows = activation(product(rows, weight) + bias)
        scores = link(product(rows, weights[-1]) + biases[-1])
        return np.asarray(scores * scale + shift) if "scale" in state else scores

    return InBatches(batch)


def _logistic(sums: Matrix) -> Matrix:
    found: Matrix = special.expit(sums)
    return found


_ACTIVATIONS: dict[str, Callable[[Matrix], Matrix]] = {
    "logistic": _logistic,
    "tanh": np.tanh,
    "relu": lambda sums: np.maximum(sums, 0.0),
    "identity": lambda sums: sums,
}


def _layers(
    sample: Sample, settings: NetworkSettings, link: str
) -> tuple[list[int], str]:
    """The nodes of the hidden layers, and what each node makes of its sum."""
    if settings.layers == "Fully-connected case":
        return _sizes(settings.nodes), "logistic"
    network = read_network(settings.definition)
    outputs = {"identity": 1}.get(link, sample.classes)
    for what, told, given in (
        ("inputs", network.inputs, sample.rows.shape[1]),
        ("outputs", network.outputs, outputs),
    ):
        if told not in (0, given):
            raise ModuleError(
                18,
                f"Dataset is not valid. The network has {told} {what}, where the "
                f"dataset gives {given}; auto takes as many as there are.",
            )
    ends = ("linear",) if link == "identity" else ("sigmoid", "softmax")
    if network.ends not in ("", *ends):
        raise unsupported(f"{network.ends} as the output function of the output layer")
    sizes: list[int] = []
    for nodes in network.hidden:
        sizes += [nodes] if nodes else _sizes(settings.nodes)
    return sizes, network.function


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or min(sizes) < 1:
        raise ModuleError(
            2,
            f'Failed to convert "Number of hidden nodes" parameter value "{text}" from '
            '"String" to "Int32".',
        )
    return sizes
