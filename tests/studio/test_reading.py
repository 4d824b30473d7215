"""Reading uploaded files: piece by piece gives what reading them whole gives."""

import random
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bramka.app.clock import SystemClock
from bramka.domain.errors import Invalid
from bramka.domain.learning import record_cut
from bramka.domain.learning.delimited import read_delimited
from bramka.domain.learning.svmlight import read_svmlight, write_svmlight
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Archive
from bramka.studio.hands import Hands, Limits
from bramka.studio.reading import read_into
from bramka.studio.stored import facts_of, load
from bramka.studio.task import Place, ReadTask, StatisticsTask

cells = st.sampled_from(
    ["1", "2.5", "", "NA", "true", "99999999999", "x y", "2020-01-02", "5.0", '"a,\nb"']
)


@settings(max_examples=25)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=12), st.integers(8, 40))
def test_pieces_give_the_types_and_rows_of_the_whole(
    rows: list[tuple[str, str]], size: int
) -> None:
    content = ("a,b\n" + "".join(f"{one},{two}\n" for one, two in rows)).encode()
    with TemporaryDirectory() as folder, pieces_of(size):
        source = Path(folder, "source")
        source.write_bytes(content)
        read_into(source, "GenericCSV", Path(folder), "t")
        assert load(Path(folder), "t") == read_delimited(content)


class pieces_of:  # noqa: N801 - reads as a word
    """Pieces of so many bytes while it lasts."""

    def __init__(self, size: int) -> None:
        self.size, self.before = size, record_cut.record_pieces.__defaults__

    def __enter__(self) -> None:
        record_cut.record_pieces.__defaults__ = (self.size,)

    def __exit__(self, *_: object) -> None:
        record_cut.record_pieces.__defaults__ = self.before


def read(tmp_path: Path, content: bytes, data_type: str) -> Table:
    (tmp_path / "source").write_bytes(content)
    read_into(tmp_path / "source", data_type, tmp_path, "t")
    table = load(tmp_path, "t")
    assert isinstance(table, Table)
    return table


def test_a_row_in_the_wrong_place_is_counted_over_all_pieces(tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * 500 + b"1,2,3\n"
    with pieces_of(100), pytest.raises(Invalid, match="Row 501 has 3 cells"):
        read(tmp_path, content, "GenericCSV")


def test_parquet_becomes_our_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", None]}).with_columns(
        pl.col("a").cast(pl.UInt32)
    )
    frame.write_parquet(tmp_path / "source")
    read_into(tmp_path / "source", "Parquet", tmp_path, "t")
    assert [column.type for column in facts_of(tmp_path, "t").columns] == [
        "Int64",
        "String",
    ]


@pytest.mark.parametrize(
    ("data_type", "content"),
    [
        ("Parquet", b"no parquet at all"),
        ("Zip", b"PK no zip"),
        ("GenericCSV", b"a\n\xff\xfe\n"),
        ("PlainText", b"\xff\xfe"),
        ("SvmLight", b"1 99999999:1\n"),
        ("SvmLight", b"1 0:1\n"),
        ("SvmLight", b"one 1:1\n"),
        ("ARFF", b"no attributes"),
        ("GenericCSV", b"a,a\n1,2\n"),
        ("GenericCSVNoHeader", b",".join([b"1"] * 20_001)),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    tmp_path: Path, data_type: str, content: bytes
) -> None:
    with pytest.raises(Invalid):
        read(tmp_path, content, data_type)


def test_an_archive_of_names_outside_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "source", "w") as archive:
        archive.writestr("../../evil.py", "print()")
    with pytest.raises(Invalid, match="a name outside"):
        read_into(tmp_path / "source", "Zip", tmp_path, "t")


def test_an_archive_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "source", "w") as archive:
        archive.writestr("a", b"")
        # As a bomb does, it says what it holds without holding it.
        archive.infolist()[0].file_size = 20 << 30
    with pytest.raises(Invalid, match="larger than 10 GiB"):
        read_into(tmp_path / "source", "Zip", tmp_path, "t")


def test_an_archive_stays_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "source", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
    read_into(tmp_path / "source", "Zip", tmp_path, "t")
    value = load(tmp_path, "t")
    assert isinstance(value, Archive)
    assert value.content == (tmp_path / "source").read_bytes()


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda n: round(n, 3))


@settings(max_examples=25)
@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=9))
def test_svmlight_comes_back(rows: list[tuple[float, float, float]]) -> None:
    frame = pl.DataFrame(rows, schema=["Col1", "Col2", "Labels"], orient="row")
    text = write_svmlight(Table.of(frame.cast(pl.Float64)))
    assert read_svmlight(text, width=2).frame.rows() == frame.rows()


@pytest.fixture
def hands() -> Iterator[Hands]:
    limits = Limits(memory=1 << 30, grown=8 << 30)
    working = Hands(
        [sys.executable, "-m", "bramka.app.worker.hand"], SystemClock(), limits=limits
    )
    yield working
    working.close()


def write_large(path: Path, size: int) -> None:
    """A CSV file of numbers, texts and days."""
    draw = random.Random(1)
    block = b"".join(
        b"%d,%.6f,%s,2020-01-%02d\n"
        % (
            draw.randrange(10**6),
            draw.random() * 1000,
            draw.choice([b"red", b"green", b"a longer text"]),
            draw.randrange(1, 29),
        )
        for _ in range(50_000)
    )
    with path.open("wb") as file:
        file.write(b"id,value,word,day\n")
        while file.tell() < size:
            file.write(block)


def highest(hands: Hands) -> int:
    """The most memory that the hand ever held, in MiB."""
    status = Path(f"/proc/{hands.free[0]}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def load_large(hands: Hands, folder: Path, size: int) -> int:
    write_large(folder / "large.csv", size)
    place = Place(str(folder), "t")
    source = str(folder / "large.csv")
    facts = hands.perform(ReadTask(source, "GenericCSV", place)).facts["t"]
    assert [c.type for c in facts.columns] == ["Int32", "Double", "String", "DateTime"]
    hands.perform(StatisticsTask(place))
    return highest(hands)


def test_memory_does_not_grow_with_the_file(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "src")
    assert load_large(hands, tmp_path, 32 << 20) < 400


@pytest.mark.soak
def test_two_gigabytes_are_read_in_less_than_one(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "src")
    assert load_large(hands, tmp_path, 2 << 30) < 1024
