"""How much a browser loads before it shows a face, on the wire."""

import gzip
import json
from pathlib import Path

import pytest

from bramka.portals.assets import BUILT

BASE_KB = 175
FACE_KB = 220
STYLE_KB = 30
FACES = ("developer", "publisher", "studio")


def packed(file: str) -> int:
    return len(gzip.compress((BUILT / file).read_bytes(), 9))


def loaded(manifest: dict[str, dict[str, object]], entry: str) -> set[str]:
    """The entry and everything that it imports before it can start."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            imports = manifest[name].get("imports", [])
            assert isinstance(imports, list)
            waiting += imports
    return found


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, object]]:
    content: dict[str, dict[str, object]] = json.loads(
        (BUILT / ".vite" / "manifest.json").read_text()
    )
    return content


@pytest.mark.parametrize("face", FACES)
def test_the_first_load_of_a_face_stays_small(
    manifest: dict[str, dict[str, object]], face: str
) -> None:
    names = loaded(manifest, f"{face}.html")
    scripts = sum(packed(str(manifest[name]["file"])) for name in names)
    assert scripts <= FACE_KB * 1000, f"{scripts} B of script before {face} shows"


def test_what_the_faces_share_stays_small(
    manifest: dict[str, dict[str, object]],
) -> None:
    shared = set.intersection(*(loaded(manifest, f"{face}.html") for face in FACES))
    assert sum(packed(str(manifest[name]["file"])) for name in shared) <= BASE_KB * 1000


@pytest.mark.parametrize("face", FACES)
def test_the_styles_of_a_face_stay_small(
    manifest: dict[str, dict[str, object]], face: str
) -> None:
    sheets: set[str] = set()
    for name in loaded(manifest, f"{face}.html"):
        css = manifest[name].get("css", [])
        assert isinstance(css, list)
        sheets.update(css)
    assert 0 < sum(map(packed, sheets)) <= STYLE_KB * 1000


def test_every_text_is_packed_beforehand() -> None:
    texts = [f for f in (BUILT / "assets").iterdir() if f.suffix in (".js", ".css")]
    assert texts
    unpacked = [f.name for f in texts if not Path(f"{f}.gz").is_file()]
    assert not unpacked
