"""Reads an instance into files over its REST; reads and writes such folders."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bramka.app.calling.calls import Calls
from bramka.domain.errors import BramkaError, Missing
from bramka.domain.traffic.artifact import (
    POLICY,
    SPECIFICATION,
    Files,
    folder_name,
    information,
)
from bramka.domain.traffic.artifact_kind import ALWAYS_THERE, FIXED, KINDS, Kind
from bramka.domain.traffic.artifact_secret import without_literals


async def read_instance(calls: Calls, *, secrets: bool = False) -> Files:
    """Everything that is configured, as files."""
    reader = _Reader(calls, await _marked(calls), secrets=secrets)
    await reader.read(KINDS, "", "")
    await reader.policy("", "")
    return reader.files


async def _marked(calls: Calls) -> frozenset[str]:
    """What below an operation is not empty: of thousands few carry anything.

    Asking each by itself would take most of the time.
    """
    policies = await calls.pages("/allPolicies")
    tagged = await calls.pages("/tagResources")
    paths = [one["properties"]["referencePolicyId"] for one in policies]
    paths += [f"{one['operation']['id']}/tags" for one in tagged if "operation" in one]
    return frozenset(path.removeprefix(calls.base) for path in paths)


class _Reader:
    """One export in progress."""

    def __init__(self, calls: Calls, marked: frozenset[str], *, secrets: bool) -> None:
        self.files: Files = {}
        self._calls, self._marked = calls, marked
        self._secrets = secrets

    async def read(self, kinds: tuple[Kind, ...], place: str, folder: str) -> None:
        for kind in kinds:
            if self._is_empty(f"{place}/{kind.segment}"):
                continue
            for row in await self._rows(kind, f"{place}/{kind.segment}"):
                path = f"{place}/{kind.segment}/{row['name']}"
                default = row.get("properties", {}).get("isDefault") is True
                if path not in FIXED and not default:
                    await self._noun(kind, row, path, f"{folder}{kind.folder}")

    async def _rows(self, kind: Kind, path: str) -> list[dict[str, Any]]:
        rows = []
        for language in kind.languages:
            query = {"language": language} if language else {}
            rows += await self._calls.pages(path, query)
        return rows

    async def _noun(
        self, kind: Kind, row: dict[str, Any], path: str, folder: str
    ) -> None:
        own = f"{folder}/{folder_name(row['name'])}"
        if kind.file and path not in ALWAYS_THERE:
            properties = {} if kind.reference else await self._told(kind, row, path)
            if kind.segment == "policyFragments":
                self.files[f"{own}/{POLICY}"] = _text(properties.pop("value"))
            name = f"{own}/{kind.file}"
            self.files[name] = information(kind, properties, self._calls.base)
        if kind.policy:
            await self.policy(path, f"{own}/")
        if kind.segment == "apis" and kind.children:
            await self._specification(path, own)
        await self.read(kind.children, path, f"{own}/")

    async def _told(self, kind: Kind, row: dict[str, Any], path: str) -> dict[str, Any]:
        """The properties of a noun, as a file holds them."""
        properties: dict[str, Any] = row.get("properties", {})
        if kind.segment == "policyFragments":
            found = await self._calls.ask("GET", path, query={"format": "rawxml"})
            return dict(found["properties"])
        if kind.segment == "users":
            return _without_own_address(properties)
        if kind.segment == "backends" and not self._secrets:
            return without_literals(properties)
        if kind.secrets and self._secrets and path not in _WITHOUT_SECRETS:
            secret = await self._calls.ask("POST", f"{path}/{kind.secrets}")
            return {**properties, **secret}
        return properties

    def _is_empty(self, path: str) -> bool:
        """Whether nothing can be there; `_marked` knows."""
        return "/operations/" in path and path not in self._marked

    async def policy(self, path: str, folder: str) -> None:
        if self._is_empty(f"{path}/policies/policy"):
            return
        with contextlib.suppress(Missing):
            found = await self._calls.ask(
                "GET", f"{path}/policies/policy", query={"format": "rawxml"}
            )
            self.files[f"{folder}{POLICY}"] = _text(found["properties"]["value"])

    async def _specification(self, path: str, folder: str) -> None:
        """The OpenAPI document, for people and for tools that read only that."""
        query = {"export": "true", "format": "openapi"}
        with contextlib.suppress(BramkaError):
            found = await self._calls.ask("GET", path, query=query)
            value = found.get("value") or found.get("properties", {}).get("value")
            if isinstance(value, str):
                self.files[f"{folder}/{SPECIFICATION}"] = _text(value)


_WITHOUT_SECRETS = ("/portalsettings/signin", "/portalsettings/signup")


def _without_own_address(properties: dict[str, Any]) -> dict[str, Any]:
    """A user without the identity that everybody has: the address and a password."""
    own = [{"provider": "Basic", "id": properties.get("email")}]
    if properties.get("identities") != own:
        return properties
    return {name: properties[name] for name in properties if name != "identities"}


def _text(text: str) -> bytes:
    return text.encode()


def read_folder(folder: Path) -> Files:
    """The files of a folder; what begins with a dot is passed over."""
    if not folder.is_dir():
        raise Missing(f"There is no folder {folder}.")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(_plain_files(folder))
    }


def _plain_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            yield path


def write_folder(folder: Path, files: Files) -> None:
    """Make a folder hold just these files; what begins with a dot stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in list(_plain_files(folder)):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in sorted(folder.rglob("*"), reverse=True):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_dir() and not hidden and not any(path.iterdir()):
            path.rmdir()
