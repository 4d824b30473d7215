"""A hand whose modules misbehave, for tests of what becomes of the others."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
from msgspec import Struct

from bramka.app.worker.hand import run
from bramka.domain.errors import Missing
from bramka.domain.learning.module import Module, ModulePort, Ports, UntypedModule
from bramka.domain.learning.table import Table


class Settings(Struct, frozen=True, kw_only=True):
    """Nothing to set."""


def die(_inputs: Ports, _settings: Struct) -> Ports:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def leave(_inputs: Ports, _settings: Struct) -> Ports:
    os._exit(7)


def eat(_inputs: Ports, _settings: Struct) -> Ports:
    eaten = []
    while True:
        eaten.append(np.ones(1 << 22))


def gulp(_inputs: Ports, _settings: Struct) -> Ports:
    return {"Results dataset": Table.of(pl.DataFrame({"a": np.ones(1 << 36)}))}


def sleep(_inputs: Ports, _settings: Struct) -> Ports:
    time.sleep(85)
    return {}


def break_(_inputs: Ports, _settings: Struct) -> Ports:
    raise ZeroDivisionError("one by none")


def speak(_inputs: Ports, _settings: Struct) -> Ports:
    print("half way\n" + "x" * 300_000, flush=True)
    names = sorted(name for name in os.environ if name.startswith("BRAMKA"))
    return {"Results dataset": Table.of(pl.DataFrame({"a": names}))}


RUNS: dict[str, Callable[[Ports, Struct], Ports]] = {
    each.__name__: each for each in (die, leave, eat, gulp, sleep, break_, speak)
}


class Odd:
    """The catalogue of these."""

    code_version = "odd"

    def __iter__(self) -> Iterator[str]:
        return iter(RUNS)

    def find(self, text: str) -> UntypedModule:
        if text not in RUNS:
            raise Missing(f"There is no module {text!r}.")
        return Module(
            name=text,
            family=text,
            category="Odd",
            settings=Settings,
            inputs=(ModulePort("After", optional=True),),
            outputs=(ModulePort("Results dataset"),),
            run=RUNS[text],
        )


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]), Odd)
