from math import exp

import polars as pl
import pytest
from tests.catalogue.learning import run, scored
from vowpalwabbit import Workspace

from bramka.domain.learning.module import Learnt, ModuleError
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Value

LINES = [
    f"{1 if number % 3 else -1} | size:{number / 10} {'even' if number % 2 else 'odd'}"
    for number in range(40)
]
TABLE = Table.of(pl.DataFrame({"line": LINES}))
TRAIN, SCORE = (
    "Train Vowpal Wabbit Version 8 Model",
    "Score Vowpal Wabbit Version 8 Model",
)


def learnt(table: Table, arguments: str, before: Learnt | None = None) -> Learnt:
    inputs: dict[str, Value] = {"Dataset": table}
    if before is not None:
        inputs["Pre-trained model"] = before
    model = run(TRAIN, inputs, vw_arguments=arguments)["Trained model"]
    assert isinstance(model, Learnt)
    return model


def results(model: Learnt, table: Table, **given: str) -> list[float]:
    outputs = run(SCORE, {"Trained model": model, "Dataset": table}, **given)
    result = outputs["Results dataset"]
    assert isinstance(result, Table)
    found: list[float] = result.frame["Results"].to_list()
    return found


def directly(passes: int) -> list[float]:
    vowpal = Workspace("--quiet --no_stdin -b 12 -l 0.3")
    for _ in range(passes):
        for line in LINES:
            vowpal.learn(line)
    found = [vowpal.predict(line) for line in LINES]
    vowpal.finish()
    return found


def test_it_learns_and_scores_what_vowpal_wabbit_does() -> None:
    model = learnt(TABLE, "-b 12 --learning_rate=0.3 --passes 3")
    assert results(model, TABLE) == pytest.approx(directly(3), rel=1e-6)
    assert scored(model, TABLE).frame["Results"].to_list() == results(model, TABLE)


def test_raw_scores_are_the_sums_before_the_link() -> None:
    model = learnt(TABLE, "-b 12 --loss_function logistic")
    outputs = run(
        SCORE,
        {"Trained model": model, "Dataset": TABLE},
        vw_arguments="--link logistic",
        include_an_extra_column_containing_raw_scores="True",
    )
    result = outputs["Results dataset"]
    assert isinstance(result, Table)
    sums = result.frame["Raw Scores"].to_list()
    assert sums == pytest.approx(results(model, TABLE), rel=1e-6)
    assert result.frame["Results"].to_list() == pytest.approx(
        [1 / (1 + exp(-each)) for each in sums], rel=1e-5
    )


def test_a_model_learns_on() -> None:
    once = learnt(TABLE, "-b 12 -l 0.3")
    twice = learnt(TABLE, "", once)
    assert results(once, TABLE) == pytest.approx(directly(1), rel=1e-6)
    assert results(twice, TABLE) != results(once, TABLE)


def test_classes_and_lines_of_svmlight() -> None:
    table = Table.of(pl.DataFrame({"line": ["1 1:1", "2 2:1", "3 3:1 # third"] * 20}))
    inputs: dict[str, Value] = {"Dataset": table}
    outputs = run(
        TRAIN, inputs, vw_arguments="--oaa 3", please_specify_file_type="SVMLight"
    )
    model = outputs["Trained model"]
    assert isinstance(model, Learnt)
    found = results(model, table.slice(0, 3), specify_data_type="SVMLight")
    assert found == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "arguments",
    [
        "-f /tmp/model",
        "--cache_file x",
        "-d /etc/passwd",
        "--daemon",
        "--readable_model x",
        "--invert_hash x",
        "-b 31",
        "-b /etc/passwd",
        "--passes 0",
        "--unknown",
        "-l",
        "'",
        "--final_regressor=x",
    ],
)
def test_arguments_that_could_reach_further_are_refused(arguments: str) -> None:
    with pytest.raises(ModuleError, match="Error 0002"):
        learnt(TABLE, arguments)


def test_models_of_other_modules_are_refused() -> None:
    model = learnt(TABLE, "")
    with pytest.raises(ModuleError, match="Error 0013"):
        run(
            "Score Vowpal Wabbit Version 7-4 Model",
            {"Trained model": model, "Dataset": TABLE},
        )


def test_a_table_of_more_columns_is_refused() -> None:
    with pytest.raises(ModuleError, match="Error 0022"):
        learnt(Table.of(pl.DataFrame({"a": ["1 | a"], "b": ["1 | b"]})), "")


def test_keys_of_storage_are_not_kept_with_the_model() -> None:
    outputs = run(TRAIN, {"Dataset": TABLE}, azure_storage_key="secret")
    assert "secret" not in str(outputs["Trained model"])
