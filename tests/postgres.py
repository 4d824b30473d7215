"""A throw-away PostgreSQL cluster for tests, gone when they end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """The SQLAlchemy URL of a new cluster that listens on a socket and a free port."""
    folder = Path(tempfile.mkdtemp(prefix="bramka-postgres-"))
    try:
        if os.geteuid() == 0:
            # The server refuses to run as root.
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"
        _run("initdb", "-D", str(data), "-U", "bramka", "-A", "trust", "-N")
        port = _free_port()
        options = f"-p {port} -h 127.0.0.1 -k {folder} -F -c max_connections=60"
        log = str(folder / "log")
        _run("pg_ctl", "-D", str(data), "-w", "-l", log, "-o", options, "start")
        try:
            yield f"postgresql+psycopg://bramka@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_other, str(BINARIES / program), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
