"""Files that a reader sees whole: the old one or the new one, never a part."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec


def write_whole(path: Path, content: Mapping[str, object], mode: int = 0o644) -> None:
    """Write a JSON file with `mode`, replacing the one that was there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    text = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    # Made anew, so that nobody holds it open from a time when it had another mode.
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(text)
    draft.replace(path)
