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
        ),
    ),
}
SECRETS = {
    "Import Data": {"Account Key", "URI"},
    "Export Data": {"Azure account key", "SAS URI for blob"},
    "Load Trained Model": {"Account Key"},
}


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


def test_no_alias_is_the_name_of_another_parameter() -> None:
    for family in shelf():
        parameters = shelf().find(family).parameters
        names = [name for each in parameters for name in (each.name, *each.aliases)]
        assert len(names) == len(set(names)), shelf().find(family).name
