"""Reads an instance into files, and makes it what files say, over its REST."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bramka.app.calls import Calls
from bramka.domain.errors import (
    BramkaError,
    Forbidden,
    Invalid,
    Missing,
    Unauthenticated,
)
from bramka.domain.traffic.artifact import (
    KINDS,
    POLICY,
    SPECIFICATION,
    Artifact,
    Files,
    Kind,
    artifacts_in,
    information,
    properties_in,
)

FIXED = frozenset({"/subscriptions/master", "/users/1"})
"""Made with the instance; each instance has its own."""


async def read_instance(calls: Calls, *, secrets: bool = False) -> Files:
    """Everything that is configured, as files."""
    reader = _Reader(calls, secrets=secrets)
    await reader.read(KINDS, "", "")
    await reader.policy("", "")
    return reader.files


class _Reader:
    """One export in progress."""

    def __init__(self, calls: Calls, *, secrets: bool) -> None:
        self.files: Files = {}
        self._calls = calls
        self._secrets = secrets

    async def read(self, kinds: tuple[Kind, ...], place: str, folder: str) -> None:
        for kind in kinds:
            for row in await self._calls.pages(f"{place}/{kind.segment}"):
                path = f"{place}/{kind.segment}/{row['name']}"
                default = row.get("properties", {}).get("isDefault") is True
                if path not in FIXED and not default:
                    await self._noun(kind, row, path, f"{folder}{kind.folder}")

    async def _noun(
        self, kind: Kind, row: dict[str, Any], path: str, folder: str
    ) -> None:
        own = f"{folder}/{row['name']}"
        properties = {} if kind.reference else row.get("properties", {})
        if kind.secrets and self._secrets:
            properties = {
                **properties,
                **await self._calls.ask("POST", f"{path}/{kind.secrets}"),
            }
        if kind.segment == "policyFragments":
            query = {"format": "rawxml"}
            told = await self._calls.ask("GET", path, query=query)
            self.files[f"{own}/{POLICY}"] = _text(told["properties"].pop("value"))
            properties = told["properties"]
        self.files[f"{own}/{kind.file}"] = information(properties, self._calls.base)
        if kind.policy:
            await self.policy(path, f"{own}/")
        if kind.segment == "apis" and kind.children:
            await self._specification(path, own)
        await self.read(kind.children, path, f"{own}/")

    async def policy(self, path: str, folder: str) -> None:
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


def _text(text: str) -> bytes:
    return text.encode()


async def write_instance(calls: Calls, files: Mapping[str, bytes]) -> list[str]:
    """Make the instance what the files say; what they do not name stays.

    Only what differs is written, so doing it twice changes nothing; tells what was.
    """
    there = await read_instance(calls)
    done = []
    for artifact in artifacts_in(files):
        if _differs(artifact, files, there):
            await _put(calls, artifact, files, there)
            done.append(artifact.path)
        if artifact.kind.policy:
            policy = f"{artifact.folder}/{POLICY}"
            if policy in files and files[policy] != there.get(policy):
                await _put_policy(calls, artifact.path, files[policy])
                done.append(f"{artifact.path}/policies/policy")
    if POLICY in files and files[POLICY] != there.get(POLICY):
        await _put_policy(calls, "", files[POLICY])
        done.append("/policies/policy")
    return done


async def prune_instance(calls: Calls, files: Mapping[str, bytes]) -> list[str]:
    """Delete what the files do not name; tells what was."""
    there = await read_instance(calls)
    named = {artifact.path for artifact in artifacts_in(files)}
    done: list[str] = []
    for artifact in reversed(list(artifacts_in(there))):
        gone = artifact.path not in named
        if gone and artifact.kind.segment not in ("templates", "portalsettings"):
            with contextlib.suppress(Missing):
                await calls.ask("DELETE", artifact.path)
                done.append(artifact.path)
    return done


def _differs(artifact: Artifact, files: Mapping[str, bytes], there: Files) -> bool:
    """Whether an import has to write this noun."""
    name = f"{artifact.folder}/{artifact.kind.file}"
    if name not in files:
        return name not in there
    if name not in there:
        return True
    fragment = f"{artifact.folder}/{POLICY}"
    if artifact.kind.segment == "policyFragments" and files.get(fragment) != there.get(
        fragment
    ):
        return True
    if artifact.kind.reference:
        return False
    given = properties_in(name, files[name])
    known = properties_in(name, there[name])
    return any(known.get(key) != value for key, value in given.items())


async def _put(
    calls: Calls, artifact: Artifact, files: Mapping[str, bytes], there: Files
) -> None:
    name = f"{artifact.folder}/{artifact.kind.file}"
    properties = properties_in(name, files[name]) if name in files else {}
    if artifact.kind.reference:
        await calls.ask("PUT", artifact.path)
        return
    document = f"{artifact.folder}/{SPECIFICATION}"
    if artifact.kind.segment == "policyFragments":
        text = files[f"{artifact.folder}/{POLICY}"].decode()
        properties = {**properties, "format": "rawxml", "value": text}
    elif document in files and not _tells_operations(artifact, files):
        text = files[document].decode()
        properties = {**properties, "format": "openapi", "value": text}
    # A file mostly holds no secrets: those that are there stay.
    keeps = artifact.kind.secrets and name in there
    try:
        await calls.ask("PATCH" if keeps else "PUT", artifact.path, properties)
    except (Forbidden, Unauthenticated):
        raise
    except BramkaError as error:
        raise Invalid(f"{name}: {error.message}") from error


def _tells_operations(artifact: Artifact, files: Mapping[str, bytes]) -> bool:
    """Whether operations lie beside the document: they say more than it does."""
    start = f"{artifact.folder}/operations/"
    return any(
        path.startswith(start) and path.endswith("operationInformation.json")
        for path in files
    )


async def _put_policy(calls: Calls, path: str, content: bytes) -> None:
    properties = {"format": "rawxml", "value": content.decode()}
    try:
        await calls.ask("PUT", f"{path}/policies/policy", properties)
    except (Forbidden, Unauthenticated):
        raise
    except BramkaError as error:
        raise Invalid(f"The policy of {path or 'all APIs'}: {error.message}") from error


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
