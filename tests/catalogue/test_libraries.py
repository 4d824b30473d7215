import subprocess
import sys

SLOW = ("pandas", "scipy", "skops", "sklearn", "statsmodels")


def test_the_shelf_is_known_without_loading_slow_libraries() -> None:
    """A module takes what is slow from `_libraries.py`, which loads it when used."""
    code = (
        "import sys; from bramka.catalogue import shelf; shelf(); "
        f"print([name for name in {SLOW} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "src"},
    )
    assert done.stdout == "[]\n"
