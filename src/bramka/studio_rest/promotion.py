"""Saving what stands on an output of a run: the files are linked, not copied."""

import os
from pathlib import Path

from msgspec import Struct

from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.saved import PROMOTED_TYPES, SavedKind
from bramka.domain.learning.snapshot import Output
from bramka.store.experiment import experiment_by_id, node_of
from bramka.studio.stored import Facts, facts_of, stem_of
from bramka.studio.task import Place
from bramka.studio_rest.call import Call

_FITTING: dict[SavedKind, tuple[str, ...]] = {
    "dataset": ("DataTable", "Zip"),
    "model": ("ILearner", "ICluster"),
    "transform": ("ITransform", "IFilter"),
}


class Promoted(Struct, frozen=True, kw_only=True):
    """What was linked, and what it is."""

    facts: Facts
    data_type: str
    digest: str


def output_of(call: Call, experiment: str, node: str, port: str) -> Output:
    """What a node of a run in this workspace gave on a port."""
    with call.site.store.reading() as transaction:
        snapshot = experiment_by_id(transaction, call.workspace, experiment)
        found = node_of(transaction, snapshot.id, node)
    output = found.outputs.get(port)
    if output is None:
        if found.state != "Finished":
            raise Conflict(
                f"Node '{node}' is {found.state}; its outputs are there when it has "
                "finished.",
                target="node",
            )
        known = ", ".join(repr(name) for name in found.outputs)
        raise Missing(f"Node '{node}' has no output '{port}'; it has {known}.")
    return output


def place_of_output(call: Call, output: Output, port: str) -> Place:
    """Where an output is stored."""
    return Place(str(call.site.results.folder_of(output.key)), stem_of(port))


def promote(
    call: Call,
    kind: SavedKind,
    *,
    experiment: str,
    node: str,
    port: str,
    folder: Path,
    name: str,
) -> Promoted:
    """Link an output into `folder` under `name`."""
    output = output_of(call, experiment, node, port)
    place = place_of_output(call, output, port)
    source = Path(place.folder)
    facts = facts_of(source, place.name)
    if facts.type not in _FITTING[kind]:
        raise Invalid(
            f"Output '{port}' of node '{node}' is a {facts.type}; it cannot be saved "
            f"as a {kind}.",
            target="OutputName",
        )
    if kind != "dataset" and not facts.trained:
        raise Invalid(
            f"Output '{port}' of node '{node}' is not trained yet; save the output of "
            "the module that trains it.",
            target="OutputName",
        )
    folder.mkdir(mode=0o700, parents=True)
    for ending in ("parquet", "value", "json"):
        path = source / f"{place.name}.{ending}"
        if path.exists():
            os.link(path, folder / f"{name}.{ending}")
    data_type = "Zip" if facts.type == "Zip" else PROMOTED_TYPES[kind]
    return Promoted(facts=facts, data_type=data_type, digest=output.key)
