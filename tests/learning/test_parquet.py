import io

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from bramka.domain.errors import Invalid
from bramka.domain.learning.parquet import (
    Read,
    joined,
    read_footer,
    read_frame,
    read_groups,
)

frames = st.lists(
    st.tuples(
        st.none() | st.text(max_size=5),
        st.none() | st.floats(allow_nan=False),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
).map(
    lambda rows: pl.DataFrame(
        rows, schema={"a": pl.String, "b": pl.Float64, "*": pl.Boolean}, orient="row"
    )
)
compressions = st.sampled_from(["uncompressed", "snappy", "zstd", "gzip"])


def written(frame: pl.DataFrame, group: int, compression: str = "zstd") -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, row_group_size=group, compression=compression)  # type: ignore[arg-type]  # a name drawn from those it knows
    return buffer.getvalue()


def reading(content: bytes) -> Read:
    return lambda start, length: content[start : start + length]


@settings(max_examples=50)
@given(frame=frames, group=st.integers(1, 40), compression=compressions)
def test_each_row_group_is_read_by_itself(
    frame: pl.DataFrame, group: int, compression: str
) -> None:
    content = written(frame, group, compression)
    read = reading(content)
    footer = read_footer(read, len(content))
    pieces = [read_groups(read, [each], footer) for each in footer.groups]
    assert [piece.height for piece in pieces] == [each.rows for each in footer.groups]
    assert pl.concat(pieces).equals(frame)


@settings(max_examples=50)
@given(
    frame=frames,
    parts=st.lists(st.integers(1, 20), min_size=1, max_size=4),
    piece=st.integers(1, 200),
)
def test_files_are_joined_without_reading_their_rows(
    frame: pl.DataFrame, parts: list[int], piece: int
) -> None:
    contents = [written(frame, group) for group in parts]
    whole = b"".join(joined([(reading(each), len(each)) for each in contents], piece))
    assert read_frame(whole).equals(pl.concat([frame] * len(parts)))


@given(frame=frames, place=st.floats(0, 1), value=st.integers(0, 255))
@settings(max_examples=100)
def test_a_changed_byte_is_read_or_refused(
    frame: pl.DataFrame, place: float, value: int
) -> None:
    content = bytearray(written(frame, 10))
    content[int(place * (len(content) - 1))] = value
    try:
        footer = read_footer(reading(bytes(content)), len(content))
        assert footer.record
    except Invalid as error:
        assert error.message  # noqa: PT017 - either is fine, nothing else is
