"""What the tests of batch jobs work with: blobs in a folder, services that score."""

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Engine

from bramka.domain.blob import BlobReference, BlobStore, SignedLocation
from bramka.domain.errors import Invalid, Missing
from bramka.domain.learning.job import JobSpec
from bramka.domain.learning.module import ModuleError
from bramka.domain.learning.service import Definition, Port, ScoringFunction
from bramka.domain.learning.table import Column, Table
from bramka.jobs import Limits, Tools
from bramka.store.encryption import Cipher
from bramka.store.job import Jobs
from bramka.store.job_tables import TABLES
from bramka.store.lease import Ledger

CIPHER = Cipher(bytes(32))
ENDPOINT = "e" * 32
SMALL = Limits(size=64, block=48)
"""Cuts what a test writes into several chunks."""


class FolderStore:
    """Blobs as files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def size(self, path: str) -> int:
        return self._file(path).stat().st_size

    def version(self, path: str) -> str:
        found = self._file(path).stat()
        return f"{found.st_ino}-{found.st_mtime_ns}"

    def read(self, path: str, start: int, length: int) -> bytes:
        with self._file(path).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def write(self, path: str, content: Iterable[bytes]) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"draft~{os.getpid()}~{file.name}")
        try:
            with draft.open("wb") as output:
                for piece in content:
                    output.write(piece)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)

    def delete(self, path: str) -> None:
        (self.folder / path).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[str]:
        files = sorted(file for file in self.folder.rglob("*") if file.is_file())
        names = (str(file.relative_to(self.folder)) for file in files)
        return (n for n in names if n.startswith(prefix) and "draft~" not in n)

    def _file(self, path: str) -> Path:
        file = self.folder / path
        if not file.is_file():
            raise Missing(f"The specified blob does not exist: {path}.")
        return file


class FolderLocator:
    """Every reference means the folder."""

    def __init__(self, store: BlobStore) -> None:
        self.store = store

    def find(self, reference: BlobReference) -> tuple[BlobStore, str]:
        if reference.connection_string == "nonsense":
            raise Invalid("not a connection string")
        assert reference.relative_location
        return self.store, reference.relative_location.lstrip("/")

    def sign(
        self, reference: BlobReference, *, now: float, seconds: float
    ) -> SignedLocation:
        _, path = self.find(reference)
        return SignedLocation(
            base_location="http://blobs/",
            relative_location=path,
            sas_blob_token=f"?st={now - 300:.0f}&se={now + seconds:.0f}&sig=s",
        )


TEXT = Column(name="text")
LENGTH = Column(name="length", type="Int64")


class Measure:
    """Gives each text in capitals and its length; refuses the text "bad"."""

    row_wise = True
    definition = Definition(
        name="measure",
        inputs=(Port(name="input1", columns=(TEXT,)),),
        outputs=(Port(name="output1", columns=(TEXT, LENGTH)),),
    )

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        time.sleep(self.seconds)
        text = inputs["input1"].frame["text"].fill_null("")
        if (text == "bad").any():
            raise ModuleError(85, "The text is bad.", module="Measure Text")
        lengths = text.str.len_chars().cast(pl.Int64).alias("length")
        frame = pl.DataFrame([text.str.to_uppercase(), lengths])
        return {"output1": Table(frame, (TEXT, LENGTH))}


class Count(Measure):
    """Counts all rows at once, so it must not be cut."""

    row_wise = False
    definition = Definition(
        name="count",
        inputs=(
            Port(name="left", columns=(TEXT,)),
            Port(name="right", columns=(TEXT,)),
        ),
        outputs=(Port(name="output1", columns=(LENGTH,)),),
    )

    def score(
        self, inputs: Mapping[str, Table], parameters: Mapping[str, Any]
    ) -> Mapping[str, Table]:
        rows = sum(len(table) for table in inputs.values())
        return {"output1": Table(pl.DataFrame({"length": [rows]}), (LENGTH,))}


class Bench:
    """A database, two folders of blobs, and what works on them."""

    def __init__(self, engine: Engine, clock: Any, folder: Path) -> None:
        self.engine = engine
        self.clock = clock
        self.blobs = FolderStore(folder / "blobs")
        self.staging = FolderStore(folder / "staging")
        self.jobs = Jobs(engine, clock, CIPHER)
        self.drawn = 0

    def ledger(self, **options: Any) -> Ledger:
        return Ledger(self.engine, self.clock, CIPHER, **options)

    def tools(
        self,
        function: ScoringFunction | None = None,
        limits: Limits = SMALL,
        **options: Any,
    ) -> Tools:
        return Tools(
            ledger=self.ledger(**options),
            locator=FolderLocator(self.blobs),
            staging=self.staging,
            load=lambda package: function or Measure(),
            limits=limits,
        )

    def submit(
        self,
        content: bytes = b"",
        *,
        ending: str = ".csv",
        start: bool = True,
        set_aside: bool = False,
        **whose: str,
    ) -> str:
        """A started job over this input."""
        self.drawn += 1
        job_id = f"{self.drawn:032x}"
        self.blobs.write(f"in/{job_id}{ending}", [content])
        aside = BlobReference(relative_location=f"aside/{job_id}.csv")
        spec = JobSpec(
            inputs={"input1": BlobReference(relative_location=f"in/{job_id}{ending}")},
            outputs={
                "output1": BlobReference(relative_location=f"out/{job_id}{ending}")
            },
            set_aside=aside if set_aside else None,
        )
        self.add(job_id, spec, start=start, **whose)
        return job_id

    def add(
        self,
        job_id: str,
        spec: JobSpec,
        *,
        endpoint: str = ENDPOINT,
        subscription: str = "",
        start: bool = True,
    ) -> None:
        self.jobs.register(
            job_id,
            workspace="w" * 32,
            endpoint=endpoint,
            package="p",
            spec=spec,
            subscription=subscription,
        )
        if start:
            self.jobs.start(job_id)

    def output(self, job_id: str, ending: str = ".csv") -> bytes:
        return self.blobs.read(f"out/{job_id}{ending}", 0, 1 << 30)

    def stray(self) -> list[str]:
        return list(self.staging.names(""))


def make_tables(engine: Engine) -> None:
    """New, empty tables of jobs."""
    with engine.begin() as connection:
        for table in reversed(TABLES):
            table.drop(connection, checkfirst=True)
        for table in TABLES:
            table.create(connection)


def texts(rows: int) -> bytes:
    """Rows with quotes, commas and line ends in them."""
    odd = ['"a ""b"", c"', '"two\nlines"', "plain", '"é, ü"', "łódź"]
    lines = [f"{odd[row % 5]}" for row in range(rows)]
    return b"text\n" + "\n".join(lines).encode()
