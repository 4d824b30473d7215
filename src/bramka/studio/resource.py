"""What is learnt in a published package, and giving an endpoint a newer one of it."""

from collections.abc import Mapping

from bramka.domain.errors import Invalid
from bramka.domain.learning.experiment import Wiring
from bramka.domain.learning.graph import Experiment
from bramka.domain.learning.service import Resource
from bramka.domain.learning.value import Learnt, Ports


def resources_of(
    experiment: Experiment, parts: Ports, names: Mapping[str, str]
) -> tuple[Resource, ...]:
    """Trained things that stand in a package for every call, each with its name."""
    wiring, found = Wiring(experiment.graph), dict[str, Resource]()
    for place, value in parts.items():
        if isinstance(value, Learnt) and value.trained:
            transform = value.type in ("ITransform", "IFilter")
            port = wiring.inputs.get(place)
            kind = "transform" if transform else "model"
            title = f"{experiment.description or 'Experiment'} [trained {kind}]"
            name = names.get((port.saved_id if port else None) or "", title)
            number = sum(1 for each in found.values() if each.name == name)
            found[place] = Resource(
                name=f"{name} ({number + 1})" if number else name,
                kind="Transform" if transform else "TrainedModel",
                port=place,
            )
    return tuple(found.values())


def check_fits(before: Learnt, after: Learnt, name: str) -> None:
    """Invalid unless a newer one takes the same columns and tells the same label."""
    if not after.trained or after.type != before.type:
        raise Invalid(
            f"What is given for '{name}' is not a trained {before.type}.",
            target="Resources",
        )
    wanted = {column.name: column.type for column in before.columns}
    given = {column.name: column.type for column in after.columns}
    if wanted != given or before.label != after.label:
        other = sorted(set(wanted.items()) ^ set(given.items()))
        which = ", ".join(dict.fromkeys(f"'{column}'" for column, _ in other[:5]))
        raise Invalid(
            f"What is given for '{name}' was trained on other columns or another "
            f"label{f' ({which})' if which else ''}; train it by the experiment that "
            "the service was published from.",
            target="Resources",
        )
