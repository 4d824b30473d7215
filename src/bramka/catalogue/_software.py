"""Software that comes apart from Bramka: whether it is here, and what to do if not.

Modules that need some say so before a run by `lacking`, and refuse to run by `require`.
"""

import shutil
from importlib.util import find_spec

from msgspec import Struct

from bramka.domain.learning.module_error import ModuleError


class Software(Struct, frozen=True, kw_only=True):
    """A library or program, and the error of modules that run without it."""

    name: str
    remedy: str
    library: str = ""
    program: str = ""
    number: int
    refusal: str

    def lacking(self) -> str | None:
        """What is missing here and how to get it, or None."""
        if self.library and find_spec(self.library) is not None:
            return None
        if self.program and shutil.which(self.program) is not None:
            return None
        return f"{self.name} is not installed here. {self.remedy}"

    def require(self) -> None:
        """ModuleError if it is missing."""
        missing = self.lacking()
        if missing is not None:
            raise ModuleError(self.number, f"{self.refusal}: {missing}")


OPENCV = Software(
    name="OpenCV",
    remedy="Install bramka[images].",
    library="cv2",
    number=1000,
    refusal="OpenCV library exception",
)
PANDAS = Software(
    name="pandas",
    remedy="Install bramka[scripts].",
    library="pandas",
    number=85,
    refusal="Error during evaluation of script",
)
R = Software(
    name="R",
    remedy="Install it (on Debian, the package r-base-core), so that Rscript is found "
    "on the path.",
    program="Rscript",
    number=63,
    refusal="Error during evaluation of R script",
)
VOWPAL = Software(
    name="Vowpal Wabbit",
    remedy="Install bramka[vowpal].",
    library="vowpalwabbit",
    number=1000,
    refusal="Vowpal Wabbit library exception",
)
