"""What wheels hold as machine code does what the same modules do as plain Python."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import hatch_compile
import pytest

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "build" / "compiled"


@pytest.fixture(scope="module")
def compiled() -> Path:
    hatch_compile.compile_into(COMPILED)
    return COMPILED


def test_each_module_that_is_told_of_is_compiled(compiled: Path) -> None:
    made = {path.relative_to(compiled).as_posix() for path in compiled.rglob("*.so")}
    named = {f"{name.split('.')[0]}.py" for name in made if "/" in name}
    assert named == set(hatch_compile.sources())


def test_the_tests_of_gateway_and_wire_hold_for_machine_code(
    compiled: Path, tmp_path: Path
) -> None:
    (tmp_path / "src").symlink_to(compiled)
    (tmp_path / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    shutil.copytree(ROOT / "tests", tmp_path / "tests")
    witness = tmp_path / "tests" / "wire" / "test_witness.py"
    witness.write_text(
        "from bramka.gateway import direct\n\n"
        "def test_this_is_machine_code() -> None:\n"
        "    assert direct.__file__.endswith('.so')\n"
    )
    told = {
        name: value
        for name, value in os.environ.items()
        if "PYTEST" not in name.upper()
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:randomly"),
            *("-p", "no:cacheprovider", "-m", "not soak", "-W", "error"),
            *("tests/wire", "tests/gateway"),
        ],
        cwd=tmp_path,
        env=told | {"PYTHONPATH": f"{tmp_path / 'src'}:{tmp_path}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:]


def test_a_wheel_holds_machine_code(compiled: Path, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet")
    flags = ("--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT))
    subprocess.run([*command, *flags], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert "-cp3" in wheel.name
    made = {path.relative_to(compiled).as_posix() for path in compiled.rglob("*.so")}
    assert made <= set(zipfile.ZipFile(wheel).namelist())


def test_without_a_compiler_a_wheel_is_plain_python(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet")
    flags = ("--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT))
    environment = os.environ | {"BRAMKA_COMPILE": "0"}
    subprocess.run([*command, *flags], check=True, env=environment)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
