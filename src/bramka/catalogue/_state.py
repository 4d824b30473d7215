"""What modules learn, as bytes that hold data only: reading them runs no code.

Plain values, numpy arrays and scikit-learn estimators, alone or in lists and dicts.
Where there are no estimators, reading needs no library that takes seconds to import.
"""

import io
import re
import zipfile
from functools import lru_cache
from typing import Any, Literal

import msgspec
import numpy as np
from msgspec.msgpack import Ext
from numpy.typing import NDArray

from bramka.catalogue._libraries import skops_exceptions, skops_io
from bramka.domain.learning.module_error import ModuleError

TRUSTED = [
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
]
"""Types skops does not know by itself; each holds numbers and calls nothing."""
PLAIN = b"plain\n"
"""What plain data begins with."""
_LEAVES = (str, int, float, bool, type(None), bytes)
_KINDS = "biufUSmM"
"""Of arrays whose cells are values, not objects."""
_ARRAY, _SCALAR, _TUPLE = 1, 2, 3
READY = 64
"""So many states are kept read."""

_SCHEMA = "schema.json"
_PLACES = re.compile(r'(?<="__id__": )\d+|(?<="file": ")\d+(?=\.np[yz]")')


def state_bytes(state: object) -> bytes:
    """A state as bytes, the same for the same state."""
    try:
        return PLAIN + msgspec.msgpack.encode(_plain(state))
    except (_NotPlain, OverflowError):
        content = skops_io.dumps(state)
    assert isinstance(content, bytes)
    return _numbered(content)


def plain_bytes(state: object) -> bytes:
    """The same for numbers, texts and lists of them alone: much faster."""
    return PLAIN + msgspec.msgpack.encode(state)


def unreadable(found: str) -> ModuleError:
    """Error 0082: what was found in the place of a model or transform."""
    return ModuleError(
        82,
        "Model could not be deserialized because it is likely serialized with an older "
        f"serialization format. Retrain and resave the model. Found: {found}",
    )


class _NotPlain(Exception):
    """A state holds more than plain values and arrays."""


def _plain(state: object) -> object:
    """The same, where arrays and tuples are extensions of MessagePack."""
    if type(state) in _LEAVES:
        return state
    if type(state) is list:
        return [_plain(each) for each in state]
    if type(state) is dict and all(type(key) is str for key in state):
        return {key: _plain(each) for key, each in state.items()}
    if type(state) is tuple:
        return Ext(_TUPLE, msgspec.msgpack.encode([_plain(each) for each in state]))
    if isinstance(state, np.generic) and state.dtype.kind in _KINDS:
        return Ext(_SCALAR, _array_bytes(np.asarray(state)))
    if type(state) is np.ndarray and state.dtype.kind in _KINDS:
        return Ext(_ARRAY, _array_bytes(state))
    raise _NotPlain


def _array_bytes(array: NDArray[Any]) -> bytes:
    # Sums of products differ in their last bit with the order that numbers lie in.
    order: Literal["F", "C"] = "F" if array.flags.fnc else "C"
    told = (array.dtype.str, array.shape, order, array.tobytes(order))
    return msgspec.msgpack.encode(told)


def _extension(code: int, content: memoryview) -> object:
    if code == _TUPLE:
        return tuple(_decode(content))
    if code not in (_ARRAY, _SCALAR):
        raise ValueError(f"extension {code}")
    kind, shape, order, cells = msgspec.msgpack.decode(content)
    if np.dtype(kind).kind not in _KINDS:
        raise ValueError(f"cells of type {kind}")
    flat = np.frombuffer(bytearray(cells), kind)
    array = flat.reshape(shape, order=order)
    return array[()] if code == _SCALAR else array


def _decode(content: bytes | memoryview) -> Any:
    return msgspec.msgpack.decode(content, ext_hook=_extension)


def _numbered(content: bytes) -> bytes:
    """The same file, where places in memory are numbers from 0 and no date stands."""
    numbers: dict[str, str] = {}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        schema = _PLACES.sub(
            lambda found: numbers.setdefault(found[0], str(len(numbers))),
            given.read(_SCHEMA).decode(),
        )
        _pack(made, _SCHEMA, schema.encode())
        places = [name for name in given.namelist() if name != _SCHEMA]
        for name in sorted(places, key=lambda name: int(numbers[name.split(".")[0]])):
            place, _, kind = name.partition(".")
            _pack(made, f"{numbers[place]}.{kind}", given.read(name))
    return packed.getvalue()


def _pack(made: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    made.writestr(entry, content)


@lru_cache(maxsize=READY)
def state_from(content: bytes) -> Any:
    """The state that `state_bytes` wrote; Error 0082 for anything that could run code.

    The same bytes give the same object again: do not change it.
    """
    try:
        if content.startswith(PLAIN):
            return _decode(memoryview(content)[len(PLAIN) :])
        return skops_io.loads(content, trusted=TRUSTED)
    except skops_exceptions.UntrustedTypesFoundException as error:
        raise unreadable(f"It holds more than data: {error}") from None
    except Exception as error:
        # Whatever a damaged file breaks on, the cause is the file.
        raise unreadable(str(error)) from None
