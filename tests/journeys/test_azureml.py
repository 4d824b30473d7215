"""The last azureml package for Python, 0.2.7 of 2016, against the real processes."""

import io
import warnings
from typing import Any

import pandas as pd
import pytest
from tests.journeys.running import Running
from tests.journeys.test_studio import Studio

with warnings.catch_warnings():
    # The package was written for Python 2.7.
    warnings.simplefilter("ignore")
    from azureml import DataTypeIds, Workspace, services

OLD_CLIENT = pytest.mark.filterwarnings(
    "ignore::ResourceWarning",
    "ignore::DeprecationWarning",
    "ignore::FutureWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
FRAME = pd.DataFrame({"word": ["good", "bad"], "count": [3, 1]})


@pytest.fixture
def workspace(demo: Running) -> Any:
    studio = Studio(demo)
    return Workspace(studio.workspace, studio.token, demo.run["console_url"])


@OLD_CLIENT
def test_it_lists_examples_and_reads_them(workspace: Any) -> None:
    names = [dataset.name for dataset in workspace.example_datasets]
    assert "Iris Two Class Data" in names
    iris = workspace.datasets["Iris Two Class Data"]
    assert iris.is_example
    frame = pd.read_csv(io.StringIO(iris.read_as_text()))
    assert next(iter(frame.columns)) == "Class"
    assert len(frame) == 100
    assert iris.created_date.year >= 2024


@OLD_CLIENT
def test_it_uploads_updates_and_reads_datasets(workspace: Any) -> None:
    made = workspace.datasets.add_from_dataframe(
        FRAME, DataTypeIds.GenericCSV, "From a frame", "two rows"
    )
    assert made.read_as_text() == "word,count\ngood,3\nbad,1\n"
    assert made.read_as_binary() == made.read_as_text().encode()
    assert made.open().read() == made.read_as_binary()
    raw = b"\n".join(b"%d\tx" % n for n in range(400_000))
    large = workspace.datasets.add_from_raw_data(
        raw, DataTypeIds.GenericTSVNoHeader, "Two blocks", "more than 2 MiB"
    )
    assert large.size == len(raw)
    family = made.family_id
    made.update_from_dataframe(FRAME[:1])
    assert made.family_id == family
    assert made.read_as_text() == "word,count\ngood,3\n"
    user = [dataset.name for dataset in workspace.user_datasets]
    assert user.count("From a frame") == 1


@OLD_CLIENT
def test_a_used_name_is_refused(workspace: Any) -> None:
    add = workspace.datasets.add_from_dataframe
    add(FRAME, DataTypeIds.GenericCSV, "Twice", "once")
    with pytest.raises(Exception, match="'Twice' already"):
        add(FRAME, DataTypeIds.GenericCSV, "Twice", "again")


@OLD_CLIENT
def test_it_reads_experiments_and_what_stands_between_modules(workspace: Any) -> None:
    found = {each.description: each for each in workspace.experiments}
    own = found["SimpleFeatureHashingExperiment"]
    assert own.status.status_code == "Finished"
    between = own.get_intermediate_dataset(
        "1", "Results dataset", DataTypeIds.GenericCSV
    )
    frame = between.to_dataframe()
    assert (list(frame.columns), len(frame)) == (["Col2"], 10_000)


def called(demo: Running) -> Any:
    place = f"workspaces/{demo.demo['workspace']}/services/{demo.demo['service']}"
    url = f"{demo.run['services_url']}/{place}/execute?api-version=2.0&details=true"
    return services.service(url, demo.demo["api_key"])


def asked() -> Any:
    """The shape of the service, made anew: the client writes notes on it."""

    def hashed(Col2: str) -> None:  # noqa: N803 - the column's name
        """The client never runs it."""

    return hashed


@OLD_CLIENT
def test_it_calls_a_service(demo: Running) -> None:
    hashed = called(demo)(services.dataframe_service(Col2=str)(asked()))
    answer = hashed("This is a good day")
    assert [int(count) for count in list(answer.values())[-8:]] == [
        *(1, 1, 2, 2),
        *(0, 2, 0, 1),
    ]


@OLD_CLIENT
def test_types_of_a_service_fail_inside_the_client(demo: Running) -> None:
    """On every Python 3; docs/guides/old-clients.md says what to write instead."""
    hashed = called(demo)(services.types(Col2=str)(asked()))
    with pytest.raises(AttributeError, match="keywords"):
        hashed("This is a good day")


@OLD_CLIENT
def test_to_dataframe_of_a_dataset_fails_inside_the_client(workspace: Any) -> None:
    """On today's pandas; docs/guides/old-clients.md says what to write instead."""
    iris = workspace.datasets["Iris Two Class Data"]
    with pytest.raises(ValueError, match="I/O operation on closed file"):
        iris.to_dataframe()
