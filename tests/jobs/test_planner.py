"""The planner cuts between records, whatever is in them and wherever blocks end."""

import csv
import io
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.learning.delimited import read_delimited
from bramka.domain.learning.job import Plan
from bramka.jobs import Limits
from bramka.jobs.planner import cut

CELLS = st.text(st.sampled_from('ab,"\t\r\nżó𝄞 '), max_size=6)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(
        st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12
    )
)
LIMITS = st.builds(
    Limits, size=st.integers(1, 60), rows=st.integers(1, 5), block=st.integers(1, 40)
)
ENDS = st.sampled_from(["\n", "\r\n"])


def written(rows: list[list[str]], end: str, *, last_end: bool, bom: bool) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    text = out.getvalue() if last_end else out.getvalue().removesuffix(end)
    return text.encode("utf-8-sig" if bom else "utf-8")


def cut_bytes(content: bytes, limits: Limits, *, header: bool = True) -> Plan:
    def read(start: int, length: int) -> bytes:
        return content[start : start + length]

    return cut(read, len(content), header=header, limits=limits)


def records(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))


@given(TABLES, LIMITS, ENDS, st.booleans(), st.booleans(), st.booleans())
def test_the_pieces_hold_the_same_records_as_the_whole(
    rows: list[list[str]],
    limits: Limits,
    end: str,
    last_end: bool,
    bom: bool,
    header: bool,
) -> None:
    content = written(rows, end, last_end=last_end, bom=bom)
    plan = cut_bytes(content, limits, header=header)
    found = [records(content[piece.start : piece.stop]) for piece in plan.pieces]
    assert [*records(plan.header), *chain.from_iterable(found)] == rows
    assert (
        plan.header
        + b"".join(content[piece.start : piece.stop] for piece in plan.pieces)
        == content
    )
    assert [len(piece) for piece in found] == [piece.rows for piece in plan.pieces]


@given(TABLES, LIMITS)
def test_rows_before_a_piece_are_counted(rows: list[list[str]], limits: Limits) -> None:
    plan = cut_bytes(written(rows, "\n", last_end=True, bom=False), limits)
    before = 0
    for number, piece in enumerate(plan.pieces):
        assert (piece.number, piece.first_row) == (number, before)
        before += piece.rows or 0


@given(TABLES, LIMITS)
def test_no_piece_grows_past_its_limits_by_more_than_one_record(
    rows: list[list[str]], limits: Limits
) -> None:
    content = written(rows, "\n", last_end=True, bom=False)
    for piece in cut_bytes(content, limits).pieces:
        assert (piece.rows or 0) <= limits.rows
        *whole, last = csv_lines(content[piece.start : piece.stop]) or [b""]
        assert sum(map(len, whole)) < limits.size or not whole, last


def csv_lines(content: bytes) -> list[bytes]:
    return [written([row], "\n", last_end=True, bom=False) for row in records(content)]


@given(st.lists(st.sampled_from(["x", "", "y"]), max_size=8), LIMITS)
def test_empty_lines_are_rows_wherever_the_cut_falls(
    lines: list[str], limits: Limits
) -> None:
    content = "".join(f"{line}\n" for line in ["head", *lines]).encode()
    plan = cut_bytes(content, limits)
    cells: list[str | None] = []
    for piece in plan.pieces:
        table = read_delimited(plan.header + content[piece.start : piece.stop])
        cells += table.frame["head"].cast(str).to_list()
    assert cells == [line or None for line in lines]


def test_a_text_of_one_header_is_one_piece_without_rows() -> None:
    for content in (b"", b"head", b"head\n", b'"he\nad"'):
        plan = cut_bytes(content, Limits())
        assert plan.header == content
        assert [piece.rows for piece in plan.pieces] == [0]


def test_a_wide_result_makes_chunks_of_fewer_rows() -> None:
    assert Limits().for_width(9).rows == 100_000
    assert Limits().for_width(1025).rows == 3902
    assert Limits().for_width(10**9).rows == 100
