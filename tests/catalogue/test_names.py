"""Names of ports and parameters that real graphs carry are understood."""

import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.parameter import by_every_name

GRAPHS = {
    "Train Model": (
        ("Untrained model", "Dataset"),
        ("Trained model",),
        ("Label column",),
    ),
    "Score Model": (
        ("Trained model", "Dataset"),
        ("Scored dataset",),
        ("Append score columns to output",),
    ),
    "Select Columns in Dataset": (
        ("Dataset",),
        ("Results dataset",),
        ("Select Columns",),
    ),
    "Import Data": (
        (),
        ("Results dataset",),
        (
            "Please Specify Data Source",
            "Please Specify Authentication Type",
            "Account Name",
            "Account Key",
            "Path to container or directory or blob",
            "Blob File format",
            "Column delimiter",
            "Encoding Format",
            "File has Header Row",
            "Data source",
            "Authentication type",
            "Account key",
            "URI has header row",
            "Path to container, directory, or blob",
        ),
    ),
}
SECRETS = {
    "Import Data": {"Account Key", "URI"},
    "Export Data": {"Azure account key", "SAS URI for blob"},
    "Load Trained Model": {"Account Key"},
    "Train Vowpal Wabbit 8 Model": {"Azure storage key"},
    "Import Images": {"URI", "Account key"},
}
FAMILIES = {
    "Test Hypothesis Using t-Test": "d15ec08c2af64437be3170262ec70806",
    "Time Series Anomaly Detection": "96b98cc050df46ffbc18c0665d69f3e3",
    "Two-Class Decision Jungle": "563cdba2de6c4082b8f818f56ffa147c",
    "Train Vowpal Wabbit Version 8 Model": "86f666bbd4594117bbb04edfd566c3a9",
}
"""As the pages of the module reference give them, and as graphs carry them."""


@pytest.mark.parametrize("name", GRAPHS)
def test_the_names_of_real_graphs_are_known(name: str) -> None:
    module = shelf().find(name)
    inputs, outputs, parameters = GRAPHS[name]
    assert {port.name for port in module.inputs} >= set(inputs)
    assert {port.name for port in module.outputs} >= set(outputs)
    assert by_every_name(module.parameters).keys() >= set(parameters)


@pytest.mark.parametrize("name", SECRETS)
def test_what_opens_an_account_is_a_secret(name: str) -> None:
    parameters = shelf().find(name).parameters
    secret = {each.name for each in parameters if each.type == "SecureString"}
    assert secret == SECRETS[name]


@pytest.mark.parametrize("name", FAMILIES)
def test_modules_are_found_by_the_ids_of_real_graphs(name: str) -> None:
    assert shelf().find(FAMILIES[name]).name == name


def test_graphs_saved_under_a_former_id_still_find_their_modules() -> None:
    former = "808a3b6f0a41d60bb88d1532287ddf06"
    module = shelf().find(f"506153734175476c4f62416c57734963.{former}.v1-default-9")
    assert module.name == "Time Series Anomaly Detection"
    assert shelf()[former] is module
    with pytest.raises(KeyError):
        shelf()["0" * 32]


def test_no_alias_is_the_name_of_another_parameter() -> None:
    for family in shelf():
        parameters = shelf().find(family).parameters
        names = [name for each in parameters for name in (each.name, *each.aliases)]
        assert len(names) == len(set(names)), shelf().find(family).name
