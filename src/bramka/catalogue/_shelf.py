"""Finds the modules in this folder; a file whose name begins with `_` is none."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

import msgspec

from bramka import __version__
from bramka.catalogue._example import Example
from bramka.domain.errors import Missing
from bramka.domain.learning.module import UntypedModule

GLOBAL_WORKSPACE = "506153734175476c4f62416c57734963"
"""The workspace under which Studio (classic) keeps its own modules."""

_MODULE_ID = re.compile(r"[0-9a-f]{32}\.([0-9a-f]{32})\.v\d+-default-\d+")
_EXAMPLE = re.compile(r"^    \{.*?^    \}$", re.MULTILINE | re.DOTALL)
_FOLDER = Path(__file__).parent
_PACKAGE = "bramka.catalogue"


class Shelf(Mapping[str, UntypedModule]):
    """Every module by its family id; `find` knows names and module ids too."""

    def __init__(
        self,
        modules: Mapping[str, UntypedModule],
        code_version: str,
        package: str = _PACKAGE,
        folder: Path = _FOLDER,
    ) -> None:
        self._families = {module.family: module for module in modules.values()}
        self._files = {module.family: stem for stem, module in modules.items()}
        self._names = {
            name: module
            for module in modules.values()
            for name in (module.name, *module.aliases)
        }
        # Ids that stood for modules until their own were found in the documentation.
        self._former = {_digest_of(module.name): module for module in modules.values()}
        self.code_version = code_version
        self._package = package
        self._folder = folder

    @property
    def names(self) -> Mapping[str, UntypedModule]:
        """Every module by its name and its old names."""
        return self._names

    def __getitem__(self, family: str) -> UntypedModule:
        known = self._families.get(family) or self._former.get(family)
        if known is None:
            raise KeyError(family)
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self._families)

    def __len__(self) -> int:
        return len(self._families)

    def find(self, text: str) -> UntypedModule:
        """The module of a module id, a family id, a name or an old name."""
        match = _MODULE_ID.fullmatch(text)
        family = match[1] if match else text
        module = self.get(family) or self._names.get(text)
        if module is None:
            near = get_close_matches(text, self._names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            raise Missing(f"There is no module {text!r} in the catalogue{hint}")
        return module

    def module_id(self, text: str) -> str:
        """The id by which a graph names a module."""
        return f"{GLOBAL_WORKSPACE}.{self.find(text).family}.v1-default-1"

    def file_of(self, module: UntypedModule) -> str:
        """The name of the file that holds a module."""
        return self._files[module.family]

    def help_of(self, module: UntypedModule) -> str:
        """What the file says about its module."""
        return import_module(f"{self._package}.{self.file_of(module)}").__doc__ or ""

    def words(self, language: str) -> dict[str, object]:
        """What people are told about modules, by the English text; none of English."""
        if language == "en":
            return {}
        files = {path.stem: path for path in self._folder.glob("words/*.json")}
        if language not in files:
            known = ", ".join(("en", *sorted(files)))
            raise Missing(f"There are no words in {language!r}; there are: {known}.")
        return msgspec.json.decode(files[language].read_bytes(), type=dict[str, object])

    def example_of(self, module: UntypedModule) -> Example:
        """The documented example."""
        match = _EXAMPLE.search(self.help_of(module))
        if match is None:
            raise Missing(f"{self.file_of(module)}.py documents no example.")
        return msgspec.json.decode(match[0], type=Example)


@cache
def shelf() -> Shelf:
    """The modules of this folder."""
    return read_shelf(_FOLDER, _PACKAGE)


def read_shelf(folder: Path, package: str) -> Shelf:
    """The modules of any folder of a package: each file without a leading _ is one."""
    stems = sorted(
        path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")
    )
    modules = {
        stem: cast("UntypedModule", import_module(f"{package}.{stem}").MODULE)
        for stem in stems
    }
    return Shelf(modules, _code_version(), package, folder)


def _digest_of(name: str) -> str:
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def _code_version() -> str:
    """Changes with any line that can change what a module computes."""
    digest = hashlib.sha256(__version__.encode())
    learning = _FOLDER.parent / "domain" / "learning"
    code = (*_FOLDER.glob("*.py"), *_FOLDER.glob("*.R"), *learning.glob("*.py"))
    for path in sorted(code):
        digest.update(path.read_bytes())
    return digest.hexdigest()
