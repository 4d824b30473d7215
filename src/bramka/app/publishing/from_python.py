"""`bramka.publish`: makes a service of a model that is at hand in Python."""

import inspect
import tempfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from types import FunctionType
from typing import Protocol, runtime_checkable

from msgspec import Struct
from skops import io as skops_io

from bramka.app.publishing.from_files import publish as publish_files
from bramka.app.reading_settings import read_settings
from bramka.app.running import services_address
from bramka.domain.errors import Invalid
from bramka.studio.model_package import Offer


@runtime_checkable
class Estimator(Protocol):
    """A trained estimator or pipeline, as scikit-learn makes them."""

    def predict(self, rows: object) -> object:
        """Labels or numbers."""


class Service(Struct, frozen=True, kw_only=True):
    """What was published, and how it is called."""

    name: str
    address: str
    """Calls go to `{address}/execute?api-version=2.0`."""
    key: str
    renewed: bool
    """An older version was there; its address and key stay."""

    def __repr__(self) -> str:
        return f"<Service {self.name} at {self.address}>"


def publish(  # noqa: PLR0913 - each says one thing of the model
    model: str | PathLike[str] | Callable[..., object] | Estimator,
    name: str = "",
    *,
    data: str | PathLike[str] | None = None,
    workspace: str = "",
    sample: str | PathLike[str] | None = None,
    description: str = "",
    allow_code: bool = False,
    together: bool = False,
) -> Service:
    """Make a web service of a model; one of that name is renewed.

    `model` is a function with types, a trained scikit-learn pipeline, or a path: .py,
    .skops, .onnx, .pkl, .joblib, an MLflow model's folder. `data` is the data folder,
    `sample` a table (CSV, TSV, ARFF, Parquet) with columns as the model takes them.
    A function and a pickle run code, so they need `allow_code`. `together` says of a
    function that no call depends on others, so an endpoint may join them.
    """
    settings = read_settings({} if data is None else {"data": Path(data)})
    with tempfile.TemporaryDirectory(prefix="bramka-") as folder:
        path, function = _path_of(model, Path(folder))
        offer = Offer(
            name=name or function or path.stem,
            description=description,
            function=function,
            allow_code=allow_code,
            together=together,
        )
        done = publish_files(
            path,
            settings,
            offer,
            workspace=workspace,
            sample=None if sample is None else Path(sample),
        )
    place = f"workspaces/{done.service.workspace_id}/services/{done.endpoint.id}"
    return Service(
        name=done.service.name,
        address=f"{services_address(settings)}/{place}",
        key=done.keys.primary,
        renewed=done.overwritten,
    )


def _path_of(model: object, folder: Path) -> tuple[Path, str]:
    """The file of a model, and the name of a function in it."""
    if isinstance(model, str | PathLike):
        return Path(model), ""
    if isinstance(model, FunctionType):
        # The whole file, as the command takes it: what the function calls stands there.
        source = inspect.getsourcefile(model)
        if source is None or not Path(source).is_file():
            raise Invalid(f"'{model.__name__}' stands in no file; write it into one.")
        return Path(source), model.__name__
    if isinstance(model, Estimator):
        path = folder / f"{type(model).__name__}.skops"
        path.write_bytes(skops_io.dumps(model))
        return path, ""
    raise Invalid(
        f"A {type(model).__name__} cannot be published; give a function, a trained "
        "estimator, or the path of a model."
    )
