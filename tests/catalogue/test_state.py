"""What was learnt as bytes: the same again, and plain data without slow libraries."""

import subprocess
import sys
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from msgspec.msgpack import Ext
from sklearn.linear_model import LinearRegression

from bramka.catalogue._state import PLAIN, state_bytes, state_from
from bramka.domain.learning.module import ModuleError

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | arrays.arrays(
        st.sampled_from(["<f8", "<f4", "<i8", "|u1", "|b1", "<U5", "<M8[us]"]),
        arrays.array_shapes(min_dims=0, min_side=0),
    )
)
STATES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        alike = one.dtype == other.dtype and one.shape == other.shape
        return bool(alike and one.tobytes() == other.tobytes())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    return bool(one == other)


@given(STATES)
def test_plain_data_come_back_as_they_were(state: object) -> None:
    content = state_bytes(state)
    assert content.startswith(PLAIN)
    assert same(state_from(content), state)


def test_numbers_lie_in_their_order_and_may_be_written() -> None:
    matrix = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    found = state_from(state_bytes({"m": matrix, "x": np.float32(1.5)}))
    assert found["m"].flags.f_contiguous
    assert found["m"].flags.writeable
    assert (found["m"] == matrix).all()
    assert type(found["x"]) is np.float32


def test_estimators_and_huge_numbers_are_kept_too() -> None:
    model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    found = state_from(state_bytes({"model": model, "huge": 1 << 70}))
    assert found["huge"] == 1 << 70
    assert found["model"].predict([[2.0]]) == pytest.approx([5.0])


@pytest.mark.parametrize(
    "content",
    [
        b"\xc1",
        msgspec.msgpack.encode(Ext(9, b"")),
        msgspec.msgpack.encode(Ext(1, msgspec.msgpack.encode(("|O", [1], "C", b"8")))),
        msgspec.msgpack.encode(Ext(1, msgspec.msgpack.encode(("<f8", [2], "C", b"")))),
    ],
)
def test_what_is_no_state_is_refused(content: bytes) -> None:
    with pytest.raises(ModuleError, match="Error 0082"):
        state_from(PLAIN + content)


def test_plain_data_are_read_without_libraries_that_take_seconds() -> None:
    content = state_bytes({"weights": np.ones((2, 2)), "names": ("a",)})
    code = (
        "import sys; from bramka.catalogue._state import state_from;"
        f"state_from({content!r}); print(sorted(sys.modules.keys() & set("
        "('skops', 'sklearn', 'scipy', 'pandas'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
