"""All benchmarks, one after the other: `python -m benchmarks [--quick]`."""

import subprocess
import sys

SUITE = (
    "benchmarks.gateway",
    "benchmarks.feature_hashing",
    "benchmarks.catalogue",
)


def main() -> int:
    """Run each with the arguments given; the worst exit code is ours."""
    codes = [
        subprocess.run(
            (sys.executable, "-m", name, *sys.argv[1:]), check=False
        ).returncode
        for name in SUITE
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
