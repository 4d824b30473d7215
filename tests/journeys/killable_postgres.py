"""A PostgreSQL cluster that a test may kill and start again."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.postgres import BINARIES


class KillablePostgres:
    """One cluster in a folder of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.folder = Path(tempfile.mkdtemp(prefix="bramka-chaos-"))
        if os.geteuid() == 0:
            # The server refuses to run as root.
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.data = self.folder / "data"
        self._run("initdb", "-D", str(self.data), "-U", "bramka", "-A", "trust", "-N")
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://bramka@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -F"
        log = str(self.folder / "log")
        words = ("-D", str(self.data), "-w", "-l", log, "-o", options)
        for _ in range(100):
            # Backends of a killed server need a moment to notice.
            with suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", *words, "start")
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def kill(self) -> None:
        """kill -9 of the server; its children follow it."""
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGKILL)

    def processes(self) -> list[int]:
        """The server and all of its children."""
        server = (self.data / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{server}/task/{server}/children").read_text()
        return [int(server), *map(int, children.split())]

    def kill_one_connection(self) -> None:
        """kill -9 of one backend: the server ends all others and recovers."""
        for child in self.processes()[1:]:
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"127.0.0.1" in words:
                os.kill(child, signal.SIGKILL)
                return

    def end(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_other, str(BINARIES / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
