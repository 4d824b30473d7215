"""Makes an instance what files say, over its REST."""

import contextlib
from collections.abc import Mapping
from typing import Any

from bramka.app.calling.calls import Calls
from bramka.app.keeping.artifacts import read_instance
from bramka.domain.errors import (
    BramkaError,
    Forbidden,
    Invalid,
    Missing,
    Unauthenticated,
)
from bramka.domain.traffic.artifact import (
    POLICY,
    SPECIFICATION,
    Artifact,
    Files,
    artifacts_in,
    properties_in,
)
from bramka.domain.traffic.artifact_kind import FIXED
from bramka.domain.traffic.artifact_secret import missing_in

_NEVER_DELETED = ("portalsettings", "portalconfigs")


async def write_instance(calls: Calls, files: Mapping[str, bytes]) -> list[str]:
    """Make the instance what the files say; what they do not name stays.

    Only what differs is written, so doing it twice changes nothing; tells what was.
    Secrets that the files do not hold stay as they are; Invalid, before anything is
    written, names those of nouns that are not there yet.
    """
    there = await read_instance(calls)
    _refuse_missing_secrets(files, there)
    done = await _make_current(calls, files, there)
    if done:
        # What lies under which revision is another now.
        there = await read_instance(calls)
    for artifact in artifacts_in(files):
        if artifact.path in FIXED:
            continue
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


async def _make_current(
    calls: Calls, files: Mapping[str, bytes], there: Files
) -> list[str]:
    """Release what is current in the files and a revision beside the current here."""
    done = []
    for artifact in artifacts_in(files):
        name = artifact.file
        if artifact.kind.segment != "releases" or name in there or name not in files:
            continue
        release = properties_in(name, files[name])
        api = artifact.folder.rpartition("/releases/")[0]
        wanted = str(release.get("apiId", "")).rpartition("/")[2]
        number = wanted.partition(";rev=")[2]
        beside = f"{api};rev={number}/apiInformation.json" in there
        if beside and number == _revision(files, api) != _revision(there, api):
            await _put(calls, artifact, files, there)
            done.append(artifact.path)
    return done


def _revision(files: Mapping[str, bytes], api: str) -> str:
    name = f"{api}/apiInformation.json"
    told = properties_in(name, files[name]) if name in files else {}
    return str(told.get("apiRevision", "1"))


async def prune_instance(
    calls: Calls, files: Mapping[str, bytes], *, spared: tuple[str, ...] = ()
) -> list[str]:
    """Delete what the files do not name, but for `spared` segments; what was."""
    there = await read_instance(calls)
    named = {artifact.path for artifact in artifacts_in(files)}
    never = _NEVER_DELETED + spared
    done: list[str] = []
    for artifact in reversed(list(artifacts_in(there))):
        gone = artifact.path not in named and artifact.file in there
        if gone and artifact.kind.segment not in never:
            with contextlib.suppress(Missing):
                await calls.ask("DELETE", artifact.path)
                done.append(artifact.path)
    return done


def _refuse_missing_secrets(files: Mapping[str, bytes], there: Files) -> None:
    missing = []
    for artifact in artifacts_in(files):
        if artifact.file not in files or not _differs(artifact, files, there):
            continue
        given = properties_in(artifact.file, files[artifact.file])
        if artifact.file in there:
            if artifact.kind.segment != "backends":
                continue
            given = _changes(properties_in(artifact.file, there[artifact.file]), given)
        missing += [f"{artifact.path}: {name}" for name in missing_in(artifact, given)]
    if missing:
        raise Invalid(
            "Files of an export hold no secrets, and the instance does not have these "
            f"yet: {'; '.join(missing)}. Give them in a file for --values."
        )


def _differs(artifact: Artifact, files: Mapping[str, bytes], there: Files) -> bool:
    """Whether an import has to write this noun."""
    name, segment = artifact.file, artifact.kind.segment
    document = f"{artifact.folder}/{SPECIFICATION}"
    if name not in files:
        # Without properties there is only what lies below, or a document.
        return document in files and name not in there
    if name not in there:
        return True
    fragment = f"{artifact.folder}/{POLICY}"
    if segment == "policyFragments" and files.get(fragment) != there.get(fragment):
        return True
    if artifact.kind.reference:
        return False
    given = properties_in(name, files[name])
    known = properties_in(name, there[name])
    if segment == "certificates":
        # Nothing but its content can be changed.
        return "data" in given
    return any(known.get(key) != value for key, value in given.items())


async def _put(
    calls: Calls, artifact: Artifact, files: Mapping[str, bytes], there: Files
) -> None:
    name = artifact.file
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
    # What a file does not hold because it is secret stays as it is.
    keeps = artifact.kind.patched and name in there
    if keeps:
        properties = _changes(properties_in(name, there[name]), properties)
    try:
        await calls.ask("PATCH" if keeps else "PUT", artifact.path, properties)
    except (Forbidden, Unauthenticated):
        raise
    except BramkaError as error:
        raise Invalid(f"{name}: {error.message}") from error


def _changes(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What makes `given` of what is there; null takes away."""
    changes: dict[str, Any] = dict.fromkeys(known.keys() - given.keys())
    for name, value in given.items():
        before = known.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            changes[name] = _changes(before, value)
        elif before != value:
            changes[name] = value
    return {name: value for name, value in changes.items() if value != {}}


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
