"""Setting up a predictive experiment: what a run has learnt is saved and stands in."""

import re
import shutil
from urllib.parse import unquote

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from starlette.responses import Response

from bramka.domain.errors import BramkaError, Conflict
from bramka.domain.learning.graph import Experiment, port_id
from bramka.domain.learning.saved import Saved, check_name
from bramka.domain.learning.snapshot import Snapshot
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Learnt
from bramka.store.experiment import (
    add_experiment,
    document_of,
    experiment_by_id,
    list_experiments,
)
from bramka.store.saved import add_saved, list_saved
from bramka.store.transaction import Transaction
from bramka.studio.predictive import predictive
from bramka.studio.scoring_route import Learned, Route, route_of
from bramka.studio.stored import load
from bramka.studio_rest.call import Call, Modules, as_json
from bramka.studio_rest.experiment_entry import list_entry
from bramka.studio_rest.promotion import output_of, place_of_output, promote
from bramka.studio_rest.router import Way
from bramka.studio_rest.saved_file import DATA


class Wanted(Struct, kw_only=True, rename="pascal"):
    """What the author may say; `drop_label` of null means: where it can be done."""

    trained_model_node_id: str | None = None
    drop_label: bool | None = None


def set_up(call: Call) -> Response:
    """`POST experiments/{id}/predictive`: a draft with the trained models in it."""
    wanted, modules = call.json(Wanted), call.site.modules()
    with call.site.store.reading() as transaction:
        training = experiment_by_id(transaction, call.workspace, call.parts["id"])
        document = document_of(transaction, call.workspace, training.id)
    if training.state != "Finished":
        raise Conflict(
            f"The experiment is {training.state}; run it to its end first.",
            target="ExperimentId",
        )
    document = replace(document, description=training.name)
    route = route_of(document, modules, wanted.trained_model_node_id)
    values = {
        each.port: _value(call, training, each)
        for each in route.learned
        if each.kind != "dataset"
    }
    without = None
    if wanted.drop_label is not False:
        label = _label(values, route)
        if label and (wanted.drop_label or _dropped(document, route, values, modules)):
            without = label
    saved = {each.port: _save(call, training, each) for each in route.learned}
    ids = {port: one.id for port, one in saved.items()}
    made = predictive(document, modules, route, ids, without)
    with call.site.store.writing() as transaction:
        draft = add_experiment(
            transaction, call.site.chance, _draft(call, transaction, made), made
        )
    told = [
        {"Id": one.id, "Name": one.name, "DataTypeId": one.data_type}
        for one in saved.values()
    ]
    return as_json({**list_entry(draft), "Saved": told, "LabelDropped": without})


def _value(call: Call, training: Snapshot, learned: Learned) -> Learnt:
    node, _, port = learned.port.partition(":")
    output = output_of(call, training.id, node, port)
    place = place_of_output(call, output, port)
    value = load(call.site.results.folder_of(output.key), place.name)
    if not isinstance(value, Learnt):
        raise Conflict(f"{learned.port!r} holds nothing that was learnt.")
    return value


def _label(values: dict[str, Learnt], route: Route) -> str | None:
    for each in route.learned:
        if each.kind == "model" and values[each.port].label:
            return values[each.port].label
    return None


def _dropped(
    document: Experiment, route: Route, values: dict[str, Learnt], modules: Modules
) -> bool:
    """Whether rows without the label come through to the scores."""
    label = _label(values, route) or ""
    known = [
        column.name
        for each in route.learned
        if each.kind == "model"
        for column in values[each.port].columns
    ]
    # A word of its own: a label may be called like a letter of any selector.
    word = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)")
    named = any(
        word.search(unquote(parameter.value or ""))
        for node in document.graph.module_nodes
        if node.id in route.nodes and node.id not in route.replaced
        for parameter in node.module_parameters
    )
    transforms = [values[e.port] for e in route.learned if e.kind == "transform"]
    return (
        label in known
        and not named
        and all(_works_without(label, each, modules) for each in transforms)
    )


def _works_without(label: str, learnt: Learnt, modules: Modules) -> bool:
    module = modules.find(learnt.family)
    columns: list[Column] = [each for each in learnt.columns if each.name != label]
    if module.use is None:
        return False
    try:
        use = module.use(learnt, module.settle(learnt.settings))
        use.apply(Table.empty(columns))
    except BramkaError:
        return False
    return True


def _save(call: Call, training: Snapshot, learned: Learned) -> Saved:
    """The trained thing in the workspace; the next version, if it was there before."""
    node, _, port = learned.port.partition(":")
    draft = Saved(
        id="",
        workspace_id=call.workspace,
        kind=learned.kind,
        family=call.site.chance.hex(16),
        version=1,
        name=check_name(learned.name, learned.kind),
        data_type="",
        owner=call.who[:320],
        source_origin="FromOutputPromotion",
        content=call.site.chance.hex(16),
        digest="",
        experiment_id=training.id,
        promoted_from=port_id(node, port)[:512],
    )
    folder = call.site.content(draft.content)
    try:
        output = promote(
            call,
            learned.kind,
            experiment=training.id,
            node=node,
            port=port,
            folder=folder,
            name=DATA,
        )
        with call.site.store.writing() as transaction:
            whole = msgspec.structs.replace(
                draft,
                data_type=output.data_type,
                size=output.facts.size,
                digest=output.digest,
                port_type=output.facts.type,
                rows=output.facts.rows,
                columns=output.facts.columns,
            )
            return _kept(transaction, whole)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _kept(transaction: Transaction, saved: Saved) -> Saved:
    for known in list_saved(transaction, saved.workspace_id, saved.kind):
        if known.name == saved.name:
            return add_saved(transaction, saved, known.family)
    return add_saved(transaction, saved)


def _draft(call: Call, transaction: Transaction, made: Experiment) -> Snapshot:
    """A new experiment; its name gets a number where it is taken."""
    taken = {each.name for each in list_experiments(transaction, call.workspace)}
    name, number = made.description[:240], 1
    while name in taken:
        number += 1
        name = f"{made.description[:240]} ({number})"
    return Snapshot(
        id="",
        workspace_id=call.workspace,
        family="",
        name=check_name(name, "experiment"),
        summary=made.summary or "",
        creator=call.who[:320],
    )


WAYS = (Way("POST", "api/workspaces/{workspace}/experiments/{id}/predictive", set_up),)
