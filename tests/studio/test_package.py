import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from bramka.catalogue import shelf
from bramka.domain.errors import Conflict, Invalid, Missing
from bramka.domain.learning.column_selector import ColumnSelector
from bramka.domain.learning.graph import (
    Edge,
    Experiment,
    ModuleParameter,
    Node,
    ParameterDefinition,
    ParameterRule,
    WebServiceParameter,
    WebServicePort,
)
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import GlobalParameter
from bramka.domain.learning.small_table import SmallScoring, SmallTable, table_of
from bramka.domain.learning.table import Column, Table
from bramka.studio.package import load, prepare
from bramka.studio.package_folder import write
from bramka.studio.package_store import PackageStore
from bramka.studio.run import run
from bramka.studio.samples import simple_feature_hashing_experiment
from bramka.studio.scoring_function import GraphFunction

DATA = Table.of(
    pl.DataFrame({"Col1": [5, 1, 3], "Col2": ["This is a good day", "a,b", None]})
)
ARTICLE = simple_feature_hashing_experiment("reviews")
GOOD_DAY = Table.of(pl.DataFrame({"Col2": ["This is a good day", None]}))


def published(experiment: Experiment, folder: Path) -> GraphFunction:
    done = run(experiment, shelf(), {"reviews": DATA})
    write(folder, prepare(experiment, done, shelf()))
    function = load(folder, shelf())
    assert isinstance(function, GraphFunction)
    return function


def linked(definition: ParameterDefinition | None = None) -> Experiment:
    """The article's experiment with the bit size as a web-service parameter."""
    parameter = WebServiceParameter(
        name="bits", value="3", parameter_definition=definition
    )
    graph = ARTICLE.graph
    select, hashing = graph.module_nodes
    parameters = tuple(
        replace(each, linked_global_parameter="bits")
        if each.name == "Hashing bitsize"
        else each
        for each in hashing.module_parameters
    )
    nodes = select, replace(hashing, module_parameters=parameters)
    return replace(
        ARTICLE,
        graph=replace(graph, module_nodes=nodes),
        web_service=replace(ARTICLE.web_service, parameters=(parameter,)),
    )


def test_the_articles_service_scores_what_the_article_says(tmp_path: Path) -> None:
    function = published(ARTICLE, tmp_path / "a")
    assert function.row_wise
    output = function.score({"input1": GOOD_DAY}, {})["output1"]
    assert output.frame.rows() == [
        ("This is a good day", 1, 1, 2, 2, 0, 2, 0, 1),
        (None, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    assert output.columns == function.definition.outputs[0].columns


def test_its_definition_is_what_the_run_has_shown(tmp_path: Path) -> None:
    definition = published(ARTICLE, tmp_path / "a").definition
    assert definition.name == "SimpleFeatureHashingExperiment"
    (port,) = definition.inputs
    assert (port.name, port.columns) == ("input1", (Column(name="Col2"),))
    assert port.samples == (("This is a good day",), ("a,b",))
    assert definition.outputs[0].samples[0] == (
        "This is a good day",
        *"11220201",
    )
    assert definition.outputs[0].columns[1].name == "Col2_HashingFeature.0"


def test_few_rows_score_the_same_without_tables(tmp_path: Path) -> None:
    function = published(ARTICLE, tmp_path / "a")
    assert isinstance(function, SmallScoring)
    for cells in ([], ["This is a good day"], ["x", None, "This is a"]):
        small = SmallTable((Column(name="Col2"),), [list(cells)], len(cells))
        outputs = function.score_small({"input1": small}, {})
        whole = function.score({"input1": table_of(small)}, {})
        assert {name: table_of(each) for name, each in outputs.items()} == whole


def test_parameters_reach_the_modules_they_are_linked_to(tmp_path: Path) -> None:
    function = published(linked(), tmp_path / "a")
    assert isinstance(function, SmallScoring)
    small = SmallTable((Column(name="Col2"),), [["This is a good day"]], 1)
    for given, width in (({}, 8), ({"bits": "1"}, 2), ({"bits": 4}, 16)):
        whole = function.score({"input1": table_of(small)}, given)["output1"]
        assert len(whole.columns) == 1 + width
        assert table_of(function.score_small({"input1": small}, given)["output1"]) == (
            whole
        )
    with pytest.raises(ModuleError, match="Error 0008"):
        function.score({"input1": GOOD_DAY}, {"bits": "32"})
    with pytest.raises(ModuleError, match="Error 0008"):
        function.score_small({"input1": small}, {"bits": "32"})


def test_many_different_parameters_are_served(tmp_path: Path) -> None:
    function = published(linked(), tmp_path / "a")
    assert isinstance(function, SmallScoring)
    small = SmallTable((Column(name="Col2"),), [["x"]], 1)
    for bits in (*range(1, 17), *(f"{bits} " for bits in range(1, 9))):
        output = function.score_small({"input1": small}, {"bits": bits})["output1"]
        assert len(output.columns) == 1 + 2 ** int(bits)


def test_an_undefined_parameter_is_described_by_its_module(tmp_path: Path) -> None:
    (parameter,) = published(linked(), tmp_path / "a").definition.parameters
    assert parameter == GlobalParameter(
        name="bits",
        type="Int",
        description="Each text gives 2 to this power new columns.",
        minimum=1,
        maximum=31,
    )


def test_a_defined_parameter_is_described_as_defined(tmp_path: Path) -> None:
    told = ParameterDefinition(
        name="bits",
        parameter_type="Int",
        description="How wide",
        has_default_value=True,
        default_value="3",
        parameter_rules=(ParameterRule(min=2, max=5),),
    )
    (parameter,) = published(linked(told), tmp_path / "a").definition.parameters
    assert (parameter.minimum, parameter.maximum) == (2, 5)
    assert (parameter.has_default, parameter.default) == (True, "3")


def side_by_side() -> Experiment:
    """Two hashings: one of what callers send, one of data fixed at publication."""
    graph = ARTICLE.graph
    column = ColumnSelector.of_names("Col2").stored()
    fixed = Node(
        id="3",
        module_id=graph.module_nodes[1].module_id,
        module_parameters=(
            ModuleParameter(name="Target column(s)", value=column),
            ModuleParameter(name="Hashing bitsize", value="1"),
        ),
    )
    edge = Edge(
        source_output_port_id="1:Results dataset",
        destination_input_port_id="3:Dataset",
    )
    service = ARTICLE.web_service
    output = WebServicePort(id="o2", port_id="3:Transformed dataset", name="output2")
    return replace(
        ARTICLE,
        graph=replace(
            graph,
            module_nodes=(*graph.module_nodes, fixed),
            edges_internal=(*graph.edges_internal, edge),
        ),
        web_service=replace(service, outputs=(*service.outputs, output)),
    )


def test_what_callers_cannot_change_is_kept_in_the_package(tmp_path: Path) -> None:
    function = published(side_by_side(), tmp_path / "a")
    assert not isinstance(function, SmallScoring)
    outputs = function.score({"input1": GOOD_DAY}, {})
    assert outputs["output1"].height == 2
    assert outputs["output2"].frame["Col2"].to_list() == DATA.frame["Col2"].to_list()
    assert (tmp_path / "a" / "part0.table").exists()


def test_a_chain_from_the_first_node_runs_through(tmp_path: Path) -> None:
    first = WebServicePort(id="i1", port_id="1:Dataset", name="input1")
    service = replace(ARTICLE.web_service, inputs=(first,))
    function = published(replace(ARTICLE, web_service=service), tmp_path / "a")
    assert isinstance(function, SmallScoring)
    columns = function.definition.inputs[0].columns
    small = SmallTable(columns, [[5], ["This is a good day"]], 1)
    expected = function.score({"input1": table_of(small)}, {})["output1"]
    assert table_of(function.score_small({"input1": small}, {})["output1"]) == expected
    assert expected.frame.row(0)[1:] == (1, 1, 2, 2, 0, 2, 0, 1)


def test_inputs_are_matched_by_name_and_missing_ones_refused(tmp_path: Path) -> None:
    function = published(ARTICLE, tmp_path / "a")
    with pytest.raises(Invalid, match="Input 'input1' lacks the column 'Col2'"):
        function.score({"input1": Table.of(pl.DataFrame({"x": ["a"]}))}, {})
    with pytest.raises(Invalid, match="Input 'input1' is missing"):
        function.score({}, {})


def test_the_same_experiment_has_the_same_hash(tmp_path: Path) -> None:
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    package = prepare(ARTICLE, done, shelf(), description="one")
    assert write(tmp_path / "a", package) == write(tmp_path / "a", package)
    assert write(
        tmp_path / "b", prepare(ARTICLE, done, shelf(), description="one")
    ) == (package.hash)
    assert load(tmp_path / "b", shelf()).definition.description == "one"


def test_a_package_is_never_overwritten_by_another(tmp_path: Path) -> None:
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    write(tmp_path / "a", prepare(ARTICLE, done, shelf()))
    with pytest.raises(Conflict, match="'a' holds another package"):
        write(tmp_path / "a", prepare(ARTICLE, done, shelf(), name="Other"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_changed_package_is_not_loaded(tmp_path: Path) -> None:
    published(side_by_side(), tmp_path / "a")
    part = tmp_path / "a" / "part0.table"
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    with pytest.raises(Invalid, match=r"part0\.table was changed"):
        load(tmp_path / "a", shelf())
    part.unlink()
    with pytest.raises(Invalid, match=r"part0\.table was changed"):
        load(tmp_path / "a", shelf())


def test_a_changed_description_is_not_loaded(tmp_path: Path) -> None:
    published(ARTICLE, tmp_path / "a")
    file = tmp_path / "a" / "package.json"
    document = json.loads(file.read_text())
    document["contents"]["row_wise"] = False
    file.write_text(json.dumps(document))
    with pytest.raises(Invalid, match=r"package\.json was changed"):
        load(tmp_path / "a", shelf())
    file.write_text(file.read_text()[:100])
    with pytest.raises(Invalid, match="is damaged: Input data was truncated"):
        load(tmp_path / "a", shelf())


def test_one_package_may_be_written_by_many_at_once(tmp_path: Path) -> None:
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    package, folder = prepare(ARTICLE, done, shelf()), tmp_path / "a"
    with ThreadPoolExecutor(6) as threads:
        found = set(threads.map(lambda _: write(folder, package), range(12)))
    assert found == {package.hash}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert load(folder, shelf()).definition == package.contents.definition


def test_a_package_under_the_name_of_another_is_not_loaded(tmp_path: Path) -> None:
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    store = PackageStore(tmp_path)
    name = store.keep(prepare(ARTICLE, done, shelf()))
    other = store.keep(prepare(ARTICLE, done, shelf(), description="another"))
    store.load(name, shelf())
    shutil.rmtree(tmp_path / name)
    (tmp_path / other).rename(tmp_path / name)
    with pytest.raises(Invalid, match="it holds package"):
        store.load(name, shelf())


def test_a_missing_package_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="There is no package 'a'"):
        load(tmp_path / "a", shelf())


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    package = prepare(ARTICLE, done, shelf())
    newer = replace(package, contents=replace(package.contents, format=2))
    write(tmp_path / "a", newer)
    with pytest.raises(Invalid, match="has format 2; this version reads format 1"):
        load(tmp_path / "a", shelf())


def test_what_did_not_finish_or_has_no_output_is_not_published() -> None:
    failed = run(ARTICLE, shelf(), {})
    with pytest.raises(Invalid, match="Node '1' failed"):
        prepare(ARTICLE, failed, shelf())
    service = replace(ARTICLE.web_service, outputs=())
    silent = replace(ARTICLE, web_service=service)
    with pytest.raises(Invalid, match="Connect a web service output"):
        prepare(silent, run(silent, shelf(), {"reviews": DATA}), shelf())


def test_the_package_tells_the_versions_it_was_made_with(tmp_path: Path) -> None:
    published(ARTICLE, tmp_path / "a")
    contents = json.loads((tmp_path / "a" / "package.json").read_text())["contents"]
    assert set(contents["libraries"]) == {"bramka", "mmh3", "numpy", "polars", "python"}


def test_a_package_holds_no_secret(tmp_path: Path) -> None:
    key = ModuleParameter(name="Account Key", value="geheim")
    reader = Node(id="r", module_id="Import Data", module_parameters=(key,))
    graph = replace(ARTICLE.graph, module_nodes=(*ARTICLE.graph.module_nodes, reader))
    told = ParameterDefinition(
        name="key",
        parameter_type="SecureString",
        has_default_value=True,
        default_value="geheim",
    )
    parameter = WebServiceParameter(
        name="key", value="geheim", parameter_definition=told
    )
    service = replace(ARTICLE.web_service, parameters=(parameter,))
    done = run(ARTICLE, shelf(), {"reviews": DATA})
    experiment = replace(ARTICLE, graph=graph, web_service=service)
    write(tmp_path / "a", prepare(experiment, done, shelf()))
    text = (tmp_path / "a" / "package.json").read_text()
    assert "Account Key" in text
    assert "geheim" not in text
