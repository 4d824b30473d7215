import datetime
import io
import shutil
import socket
import zipfile
from pathlib import Path

import polars as pl
import pytest
from tests.catalogue.learning import learner, run, scored, trained

from bramka.catalogue import _r_session
from bramka.domain.learning.module import Learnt, ModuleError, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Archive, Pictures, Value

MEASURES = Table.of(
    pl.DataFrame(
        {
            "x": [float(number) for number in range(20)],
            "größe 日": [float(number % 3) for number in range(20)],
            "Class": [str(int(number % 7 > 3)) for number in range(20)],
        }
    )
)


@pytest.fixture(scope="module")
def model() -> Learnt:
    return trained(learner("Create R Model"), MEASURES, "Class")


def executed(script: str, **inputs: Value) -> Ports:
    ports = {name.replace("_", " "): value for name, value in inputs.items()}
    return run("Execute R Script", ports, r_script=script)


def result(outputs: Ports) -> Table:
    table = outputs["Result Dataset"]
    assert isinstance(table, Table)
    return table


def device(outputs: Ports) -> Pictures:
    pictures = outputs["R Device"]
    assert isinstance(pictures, Pictures)
    return pictures


def test_values_come_in_and_out_by_their_types() -> None:
    moment = datetime.datetime(1960, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as in tables
    frame = pl.DataFrame(
        {
            "byte": pl.Series([1, None, 3], dtype=pl.UInt8),
            "truth": [True, None, False],
            "text": ['zażółć\n"', "", None],
            "color": ["red", None, "blue"],
            "number 日": [0.1, None, float("nan")],
            "when": [moment, None, moment],
            "long": [datetime.timedelta(days=1, seconds=0.25), None, None],
        }
    )
    table = Table.of(frame, [Column(name="color", levels=("red", "blue", "green"))])
    outputs = executed(
        'a <- maml.mapInputPort(1)\nstr(a)\nmaml.mapOutputPort("a")\nrm(list = ls())\n',
        Dataset1=table,
    )
    found = result(outputs)
    assert found.frame.drop("byte").equals(table.frame.drop("byte"))
    assert found.columns[1:] == table.columns[1:]
    assert found.frame["byte"].to_list() == [1, None, 3]
    assert 'Factor w/ 3 levels "red","blue","green": 1 NA 2' in device(outputs).text


def test_figures_and_text_are_at_the_device_and_bundles_lie_in_src() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("double.R", "double <- function(cells) cells * 2\n")
    outputs = executed(
        'source("src/double.R")\n'
        "one <- maml.mapInputPort(1); two <- maml.mapInputPort(2)\n"
        "plot(1:3); hist(c(1, 2, 2))\n"
        '"shown"\n'
        "found <- data.frame(a = double(one$x), b = two$y, check.names = FALSE)\n"
        'names(found) <- c("a", "a")\n'
        'maml.mapOutputPort("found")\n',
        Dataset1=Table.of(pl.DataFrame({"x": [1.5]})),
        Dataset2=Table.of(pl.DataFrame({"y": [2.0]})),
        Script_Bundle=Archive(content.getvalue()),
    )
    assert result(outputs).frame.to_dict(as_series=False) == {"a": [3], "a (1)": [2]}
    shown = device(outputs)
    assert [image[:4] for image in shown.images] == [b"\x89PNG", b"\x89PNG"]
    assert '"shown"' in shown.text


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("f <- function(x) log(x)\nf('a')", "In log(x): non-numeric argument"),
        ("x <- 1 +", "script.R:2:0: unexpected end of input"),
        ("x <- 1", "calls maml.mapOutputPort"),
        ("x <- 1\nmaml.mapOutputPort('x')", "x has to be a data.frame; it is a num"),
        ("maml.mapInputPort(2)", "Nothing is connected to Dataset2"),
        ("a <- data.frame(r = I(list(1, 2)))\nmaml.mapOutputPort('a')", "Column r"),
        ("numeric(1e10)", "cannot allocate vector"),
        ("cat('last words')\nquit(status = 3)", "process ended with 3. last words"),
    ],
)
def test_what_goes_wrong_is_told(script: str, message: str) -> None:
    with pytest.raises(ModuleError, match="Error 0063") as refusal:
        executed(script)
    assert message in refusal.value.text


def test_there_is_no_network_and_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = device(
            executed(
                "tried <- function(what) {\n"
                "  done <- tryCatch({ force(what); 'done' }, error = function(e) 'no',"
                " warning = function(w) 'no')\n"
                "  print(done)\n"
                "}\n"
                f"tried(socketConnection('127.0.0.1', {server.getsockname()[1]}))\n"
                f"tried(readLines('{secret}'))\n"
                f"tried(writeLines('a', '{tmp_path / 'new'}'))\n"
                "a <- data.frame(x = 1)\n"
                "maml.mapOutputPort('a')\n"
            )
        ).text
    if "does not take away" not in told:
        assert told.splitlines() == ['[1] "no"'] * 3
        assert not (tmp_path / "new").exists()


def test_a_script_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_r_session, "SECONDS", 1)
    with pytest.raises(ModuleError, match="took longer than 1 seconds"):
        executed("Sys.sleep(60)")


def test_the_seed_is_set_before_the_script() -> None:
    script = "a <- data.frame(x = runif(3))\nmaml.mapOutputPort('a')"
    drawn = [
        result(run("Execute R Script", {}, r_script=script, random_seed=seed)).frame
        for seed in (1, 1, 2)
    ]
    assert drawn[0].equals(drawn[1])
    assert not drawn[0].equals(drawn[2])


def test_a_model_is_trained_and_scores_as_r_does(model: Learnt) -> None:
    assert [column.name for column in model.columns] == ["x", "größe 日"]
    found = scored(model, MEASURES)
    assert found.names == ("x", "größe 日", "Class", "classes", "probabilities")
    by_hand = result(
        executed(
            "a <- maml.mapInputPort(1)\n"
            "a$Class <- as.factor(a$Class)\n"
            "names(a)[2] <- 'y'\n"
            "p <- data.frame(p = fitted(glm(Class ~ x + y, binomial, a)))\n"
            "maml.mapOutputPort('p')",
            Dataset1=MEASURES,
        )
    )
    assert found.frame["probabilities"].to_list() == pytest.approx(
        by_hand.frame["p"].to_list(), rel=1e-12
    )
    wanted = [str(int(each >= 0.5)) for each in by_hand.frame["p"]]
    assert found.frame["classes"].to_list() == wanted
    assert found.column("classes").levels == ("0", "1")


def test_a_row_alone_is_scored_as_in_a_batch(model: Learnt) -> None:
    alone = scored(model, MEASURES.select(["x", "größe 日"]).slice(3, 1)).frame
    batch = scored(model, MEASURES).frame.slice(3, 1)
    assert alone["probabilities"].to_list() == batch["probabilities"].to_list()


def test_the_old_functions_know_features_and_label() -> None:
    told = learner(
        "Create R Model",
        trainer_r_script=(
            "model <- c(get.feature.column.names(dataset), get.label.column.names("
            "dataset), get.label.column.types(dataset), get.label.column.name(dataset),"
            " ncol(get.feature.columns(dataset)))"
        ),
        scorer_r_script=(
            "dataset <- set.score.column(dataset, ScoredLabelType, 'x')\n"
            "stopifnot(get.label.column(dataset, ScoredLabelType) == dataset$x)\n"
            "scores <- data.frame(told = rep(toString(model), nrow(dataset)))"
        ),
    )
    found = scored(trained(told, MEASURES, "Class"), MEASURES)
    assert found.frame["told"][0] == "x, größe 日, Class, True Labels, Class, 2"


def test_scores_need_a_row_for_each_row() -> None:
    short = learner(
        "Create R Model",
        trainer_r_script="model <- 1",
        scorer_r_script="scores <- data.frame(x = 1)",
    )
    with pytest.raises(ModuleError, match="scores has 1 rows, but dataset has 20"):
        scored(trained(short, MEASURES, "Class"), MEASURES)


def test_a_trainer_without_a_model_is_refused() -> None:
    empty = learner("Create R Model", trainer_r_script="a <- 1")
    with pytest.raises(ModuleError, match="trainer script leaves no variable model"):
        trained(empty, MEASURES, "Class")


def test_without_r_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("Rscript") is None
    with pytest.raises(ModuleError, match=r"Error 0063.*package r-base-core"):
        executed("x <- 1")


def test_a_bundle_that_is_no_archive_is_refused() -> None:
    with pytest.raises(ModuleError, match="Error 0102"):
        executed("", Script_Bundle=Archive(b"no archive"))
