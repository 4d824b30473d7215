"""Networks told in Net#: what is read, what is refused, and that they learn."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalogue.learning import census, learner, scored, trained

from bramka.catalogue._net_sharp import FUNCTIONS, Network, read_network
from bramka.domain.learning.module import ModuleError

DEEP = """
// Two layers of a row
Const { Width = 2 * (3 + 1); Height = 2; }
output Result [2] softmax { from H2 all; }
hidden {
  H1 [Width, Height] tanh from Data all;
  H2 auto tanh from H1 all;
}
input Data auto;
"""
AUTOMATIC = "input D auto; hidden H auto from D all; output R auto from H all;"


def test_layers_come_in_any_order_with_constants_and_dimensions() -> None:
    assert read_network(DEEP) == Network(0, (16, 0), "tanh", 2, "softmax")


def test_hello_world_of_the_guide() -> None:
    text = (
        "input Data auto; hidden H [200] from Data all; "
        "output Out [10] sigmoid from H all;"
    )
    assert read_network(text) == Network(0, (200,), "logistic", 10, "sigmoid")


@pytest.mark.parametrize(
    ("text", "number", "told"),
    [
        ("", 2, "one output layer"),
        ("input A auto; output B [x] from A all;", 2, "'x' where a whole number"),
        ("input A auto;\noutput B auto from A some;", 2, "line 2 has 'some'"),
        ("input A auto; output B auto from C all;", 2, "no layer C"),
        ("input A auto; input A auto;", 2, "two layers A"),
        ("input A [0]; output B auto from A all;", 2, "1 to 100000 nodes"),
        (
            "input A[1];hidden{B[1]from C all;C[1]from B all;}output D[1]from B all",
            2,
            "from layer",
        ),
        ("input A auto; output B auto round from A all;", 2, "'round'"),
        ("input A auto; output B auto from A all", 0, ""),
        ("input A auto; output B auto from A where (s,d) => s == d;", 39, "where"),
        ("input A [9]; hidden B [4] from A convolve { }", 39, "convolve"),
        ("input A auto; input B auto; output C from B all;", 2, "'from'"),
        (
            "input A auto; input B auto; output C auto { from A all; from B all; }",
            39,
            "several sources",
        ),
        ("share { A, B }", 39, "share"),
        (
            "input A auto; hidden B auto abs from A all; output C auto from B all;",
            39,
            "abs",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    text: str, number: int, told: str
) -> None:
    if not number:
        assert read_network(text).hidden == ()
        return
    with pytest.raises(ModuleError, match=f"Error {number:04}") as refusal:
        read_network(text)
    assert told in refusal.value.text


@given(st.lists(st.sampled_from([*DEEP.split(), "{", ";", "[", "-", "9" * 30, "\0"])))
def test_any_text_is_read_or_refused(words: list[str]) -> None:
    with suppress(ModuleError):
        assert read_network(" ".join(words)).function in FUNCTIONS.values()


def net(name: str, script: str, **more: Any) -> Any:
    return learner(
        name,
        hidden_layer_specification="Custom definition script",
        neural_network_definition=script,
        **more,
    )


def test_automatic_layers_are_those_of_the_fully_connected_case() -> None:
    table, name = census(200), "Two-Class Neural Network"
    few: Any = {"number_of_hidden_nodes": "7", "number_of_learning_iterations": 1}
    plain = trained(learner(name, **few), table, "income")
    told = trained(
        net(name, AUTOMATIC, **few),
        table,
        "income",
    )
    assert scored(told, table) == scored(plain, table)


@pytest.mark.parametrize("function", ["tanh", "rlinear", "linear"])
def test_deep_networks_of_any_function_learn(function: str) -> None:
    table = census(200)
    script = (
        f"input D auto; hidden A [9] {function} from D all; "
        f"hidden B [4] {function} from A all; output R auto linear from B all;"
    )
    model = trained(
        net("Neural Network Regression", script, number_of_learning_iterations=4),
        table,
        "pay",
    )
    found = scored(model, table).frame
    labels, pay = found["Scored Labels"].to_numpy(), found["pay"].to_numpy()
    assert ((labels - pay) ** 2).mean() < pay.var(ddof=1)


def test_a_network_that_does_not_fit_the_data_is_refused() -> None:
    table = census(200)
    script = "input D [3]; output R auto from D all;"
    with pytest.raises(ModuleError, match="has 3 inputs"):
        trained(net("Two-Class Neural Network", script), table, "income")
    script = "input D auto; output R auto tanh from D all;"
    with pytest.raises(ModuleError, match="tanh as the output function"):
        trained(net("Two-Class Neural Network", script), table, "income")
