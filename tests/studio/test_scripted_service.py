"""Published experiments whose rows go through scripts: in warm processes, apart."""

import polars as pl
from msgspec.structs import replace

from bramka.app.clock import SystemClock
from bramka.catalogue import Workrooms, shelf
from bramka.domain.learning.graph import (
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
    WebService,
    WebServicePort,
)
from bramka.domain.learning.service import Column, Definition, Port
from bramka.domain.learning.table import Table
from bramka.studio.live import Live
from bramka.studio.samples import simple_feature_hashing_experiment
from bramka.studio.scoring_function import Room, scoring_function

SCRIPT = """
import os

def azureml_main(asked):
    asked["process"] = os.getppid()
    return asked,
"""
NUMBER = Column(name="x", type="Double")
DEFINITION = Definition(
    name="script",
    inputs=(Port(name="input1", columns=(NUMBER,)),),
    outputs=(Port(name="output1", columns=()),),
)


def scripted() -> Experiment:
    """An experiment of one node: what comes in goes through a Python script."""
    node = Node(
        id="1",
        module_id=shelf().module_id("Execute Python Script"),
        module_parameters=(ModuleParameter(name="Python script", value=SCRIPT),),
        input_ports_internal=(InputPort(name="Dataset1", node_id="1"),),
    )
    service = WebService(
        is_web_service_experiment=True,
        inputs=(WebServicePort(id="i", port_id="1:Dataset1", name="input1"),),
        outputs=(WebServicePort(id="o", port_id="1:Results dataset", name="output1"),),
    )
    return Experiment(
        description="script", graph=Graph(module_nodes=(node,)), web_service=service
    )


def process_of(room: Room) -> int:
    function = scoring_function(scripted(), shelf(), DEFINITION, {}, room)
    table = Table.of(pl.DataFrame({"x": [1.5]}), (NUMBER,))
    found = [function.score({"input1": table}, {})["output1"].frame for _ in range(2)]
    assert found[0]["x"].to_list() == [1.5]
    [process] = {each["process"][0] for each in found}
    return int(process)


def test_calls_of_one_model_share_a_process_that_no_other_model_gets() -> None:
    rooms = Workrooms(SystemClock())
    processes = [process_of(rooms.room()), process_of(rooms.room())]
    assert sorted(rooms.free) == sorted(processes)
    assert len(set(processes)) == 2
    rooms.let_go()


def test_services_with_scripts_keep_off_the_event_loop() -> None:
    assert scoring_function(scripted(), shelf(), DEFINITION, {}).waits
    article = simple_feature_hashing_experiment("reviews")
    column = Column(name="Col2")
    definition = replace(DEFINITION, inputs=(Port(name="input1", columns=(column,)),))
    assert Live(article, shelf()).chain() is not None
    assert not scoring_function(article, shelf(), definition, {}).waits
