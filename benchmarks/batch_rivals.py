"""The rivals of the batch race: `python -m benchmarks.batch_rivals NAME IN OUT MODEL`.

Each reads the CSV file, scores it with two workers and writes `id,score`.
"""

import csv
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.batch_task import score

WORKERS = 2
BLOCK = 16 << 20


def pool(source: str, target: str, model: str) -> None:
    """pyarrow reads, a process pool scores; a death loses the run."""
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    options = arrow_csv.ParseOptions(newlines_in_values=True)
    reading = arrow_csv.ReadOptions(block_size=BLOCK)
    batches = arrow_csv.open_csv(source, reading, options)
    with (
        ProcessPoolExecutor(WORKERS) as workers,
        Path(target).open("w", newline="") as file,
    ):
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["id", "score"])
        waiting: list[tuple[list[int], Future[Any]]] = []

        def take() -> None:
            numbers, done = waiting.pop(0)
            write.writerows(zip(numbers, done.result().tolist(), strict=True))

        for batch in batches:
            texts = batch.column(1).to_pylist()
            done = workers.submit(score, model, texts)
            waiting.append((batch.column(0).to_pylist(), done))
            if len(waiting) > 2 * WORKERS:
                take()
        while waiting:
            take()


def polars(source: str, target: str, model: str) -> None:
    """polars' streaming engine with a Python function for each batch."""
    import polars as pl  # noqa: PLC0415

    def each(frame: pl.DataFrame) -> pl.DataFrame:
        chances = score(model, frame["text"].to_list())
        return frame.select("id").with_columns(pl.Series("score", chances))

    schema = {"id": pl.Int64, "score": pl.Float64}
    rows = pl.scan_csv(source).map_batches(each, schema=schema, streamable=True)
    rows.sink_csv(target)


def duckdb(source: str, target: str, model: str) -> None:
    """DuckDB with a vectorised Python function."""
    import duckdb as engine  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415
    from duckdb import sqltypes  # noqa: PLC0415

    def vector(texts: Any) -> Any:
        return pa.array(score(model, texts.to_pylist()))

    connection = engine.connect()
    connection.execute(f"SET threads = {WORKERS}")
    text, number = sqltypes.VARCHAR, sqltypes.DOUBLE
    connection.create_function("score", vector, [text], number, type="arrow")
    connection.execute(
        "COPY (SELECT id, score(text) AS score FROM read_csv(?, header = true, "
        "quote = '\"', escape = '\"')) TO '" + target + "' (HEADER)",
        [source],
    )


def dask(source: str, target: str, model: str) -> None:
    """Dask's data frame with processes."""
    import dask as engine  # noqa: PLC0415
    import dask.dataframe as dd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    def each(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"id": frame["id"], "score": score(model, frame["text"])})

    engine.config.set(scheduler="processes", num_workers=WORKERS)
    rows = dd.read_csv(source, blocksize=BLOCK)
    scored = rows.map_partitions(each, meta={"id": "i8", "score": "f8"})
    scored.to_csv(target, single_file=True, index=False)


def ray(source: str, target: str, model: str) -> None:
    """ray.data on a cluster of this machine."""
    import ray as engine  # noqa: PLC0415
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    engine.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)

    def each(batch: dict[str, Any]) -> dict[str, Any]:
        return {"id": batch["id"], "score": score(model, batch["text"].tolist())}

    options = arrow_csv.ParseOptions(newlines_in_values=True)
    rows = engine.data.read_csv(source, parse_options=options)
    scored = rows.map_batches(each, batch_size=20_000)
    with Path(target).open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["id", "score"])
        for batch in _batches(scored):
            write.writerows(zip(batch["id"], batch["score"], strict=True))


def _batches(rows: Any) -> Iterator[dict[str, Any]]:
    yield from rows.iter_batches(batch_size=20_000)


RIVALS: dict[str, Callable[[str, str, str], None]] = {
    "pool": pool,
    "polars": polars,
    "duckdb": duckdb,
    "dask": dask,
    "ray": ray,
}


if __name__ == "__main__":
    name, source, target, model = sys.argv[1:]
    RIVALS[name](source, target, model)
