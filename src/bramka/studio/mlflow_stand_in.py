"""What Python models of MLflow refer to, where the package itself is not installed.

They are classes made from `PythonModel`, which promises little: this is all of it that
a model needs when it is called. It takes the names in a scorer process only, in which
one model is loaded once.
"""

import importlib
import importlib.util
import inspect
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any, Never, Self

Told = Mapping[str, Any]


class PythonModel:
    """What models are made from."""

    def load_context(self, context: "PythonModelContext") -> None:
        """Read what lies beside the model, before the first call."""


class FunctionModel(PythonModel):
    """A function that is called as a model."""

    func: Callable[..., Any]

    def predict(self, model_input: object) -> object:
        """What the function gives."""
        return self.func(model_input)


class PythonModelContext:
    """Where the files beside a model lie, and its settings."""

    def __init__(self, artifacts: Mapping[str, str], settings: Told) -> None:
        self.artifacts = artifacts
        self.model_config = settings


class PythonModelLoader:
    """Makes models ready as `mlflow.pyfunc.model` does."""

    def __init__(self) -> None:
        self._chosen: Any = None

    def choose(self, model: object) -> None:
        """What `mlflow.models.set_model` does in a file that makes a model."""
        self._chosen = model

    def predict_of(self, folder: Path, told: Told) -> Callable[..., Any]:
        """A function of a frame, and of parameters if the model takes such."""
        model = self._model(folder, told)
        if not hasattr(model, "predict"):
            function, model = model, FunctionModel()
            model.func = function
        artifacts = {
            str(name): str(folder / str(each["path"]))
            for name, each in (told.get("artifacts") or {}).items()
        }
        context = PythonModelContext(artifacts, told.get("config") or {})
        if hasattr(model, "load_context"):
            model.load_context(context)
        predict: Callable[..., Any] = model.predict
        names = set(inspect.signature(predict).parameters) - {"params"}
        if "context" not in names and len(names) < 2:
            return predict
        if "params" not in inspect.signature(predict).parameters:
            return lambda rows: predict(context, rows)
        return lambda rows, params: predict(context, rows, params=params)

    def _model(self, folder: Path, told: Told) -> Any:
        if code := told.get("model_code_path"):
            path = folder / Path(str(code)).name
            module = types.ModuleType("code_model")
            sys.modules[module.__name__] = module
            # Its author's own code, in a process of its own: that is what it is for.
            content = compile(path.read_bytes(), path.name, "exec")
            exec(content, module.__dict__)  # noqa: S102
            return self._chosen
        import cloudpickle  # noqa: PLC0415 - the author's environment

        return cloudpickle.loads((folder / str(told["python_model"])).read_bytes())


class Absent:
    """Whatever else a model names: it may be kept, but whoever uses it is told."""

    def __new__(cls, *_: object, **__: object) -> Self:
        """Pickles make what they hold with all that it was made with."""
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...

    def __iter__(self) -> Iterator[object]:
        raise ModuleNotFoundError("No module named 'mlflow'", name="mlflow")

    def __getattr__(self, name: str) -> Never:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ModuleNotFoundError("No module named 'mlflow'", name="mlflow")


class _Finder(MetaPathFinder, Loader):
    """Makes modules of the package's names."""

    def __init__(self, loads: PythonModelLoader, known: Mapping[str, object]) -> None:
        self.loads, self._known = loads, known

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] != "mlflow":
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> None:
        """A plain one."""

    def exec_module(self, module: types.ModuleType) -> None:
        def found(name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            return self._known.get(name) or type(name, (Absent,), {})

        vars(module)["__getattr__"] = found


def stand_in() -> PythonModelLoader | None:
    """Takes the names; None where the package itself has them."""
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            return finder.loads  # A model may be loaded again, with other columns.
    if importlib.util.find_spec("mlflow") is not None:
        return None
    loader = PythonModelLoader()
    known = {
        "PythonModel": PythonModel,
        "PythonModelContext": PythonModelContext,
        "_FunctionPythonModel": FunctionModel,
        "set_model": loader.choose,
    }
    sys.meta_path.append(_Finder(loader, known))
    for name in ("mlflow.models", "mlflow.pyfunc.model"):
        importlib.import_module(name)
    return loader
