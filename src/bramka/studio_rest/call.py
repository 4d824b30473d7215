"""One call of the Studio REST, as the files of this room see it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.blob import BlobLocator
from bramka.domain.clock import Chance
from bramka.domain.errors import Invalid
from bramka.domain.learning.module import UntypedModule
from bramka.store.transaction import Store, Transaction
from bramka.studio.cache import FolderCache
from bramka.studio.hands import Hands
from bramka.studio.package_store import PackageStore
from bramka.studio_rest.refusal import JSON

Role = Literal["viewer", "editor", "owner"]
T = TypeVar("T")


class Modules(Protocol):
    """The catalogue with what people are told about its modules."""

    code_version: str

    def __iter__(self) -> Iterator[str]:
        """Family ids."""

    def find(self, text: str) -> UntypedModule:
        """The module, or Missing."""

    def module_id(self, text: str) -> str:
        """The id by which a graph names a module."""

    def help_of(self, module: UntypedModule) -> str:
        """What the file says about its module."""

    def words(self, language: str) -> dict[str, object]:
        """What people are told, in another language; Missing where there is none."""


class Signed(Struct, frozen=True):
    """Somebody who was recognised, and what they may do in the workspace."""

    role: Role
    email: str
    everywhere: bool = True
    """Whether the role is for every workspace of the instance."""


class Person(Struct, frozen=True):
    """Somebody who signed in; those without a role enter where they are members."""

    role: Role | None
    email: str


SignIn = Callable[[Transaction, Request], Person | None]
"""Who holds the session of a request; Forbidden for one that was forged."""


@dataclass(frozen=True)
class Site:
    """What the Studio REST works with; `app` hands it in."""

    store: Store
    chance: Chance
    hands: Hands
    modules: Callable[[], Modules]
    results: FolderCache
    folder: Path
    """Uploads and contents of datasets, models and transforms."""
    packages: PackageStore
    locator: BlobLocator
    """Finds models that batch jobs have written."""
    console_url: str
    services_url: str
    sign_in: SignIn

    def content(self, name: str) -> Path:
        """The folder of something saved."""
        return self.folder / "contents" / name

    def upload(self, name: str) -> Path:
        """The folder of an upload."""
        return self.folder / "uploads" / name


@dataclass(frozen=True)
class Call:
    """A call that was understood: who asks, in which workspace, for what."""

    site: Site
    workspace: str
    who: str
    role: Role
    parts: Mapping[str, str]
    """What stands in the variable places of the path."""
    query: Mapping[str, str]
    body: bytes = field(repr=False)
    everywhere: bool = True

    def json(self, type_: type[T]) -> T:
        """The body as this type."""
        try:
            return msgspec.json.decode(self.body or b"{}", type=type_)
        except msgspec.MsgspecError as error:
            raise Invalid(f"The body does not fit: {error}") from None

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false."""
        return self.query.get(name, "false").lower() in ("true", "1")

    def whole(self, name: str, default: int, least: int = 0) -> int:
        """A query parameter that is a whole number."""
        text = self.query.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and len(text) < 12):
            raise Invalid(f"{name} is '{text[:40]}'; give a whole number.", target=name)
        if int(text) < least:
            raise Invalid(f"{name} is {text}; give {least} or more.", target=name)
        return int(text)


def as_json(value: object, status: int = 200) -> Response:
    """An answer with a JSON body."""
    return Response(msgspec.json.encode(value), status, media_type=JSON)


def date_text(seconds: float | None) -> str | None:
    """A moment as Studio writes it: `/Date(1464199877746)/`."""
    return None if seconds is None else f"/Date({round(seconds * 1000)})/"
