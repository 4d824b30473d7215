"""A supervisor of fake roles: `fake_up.py DATA ROLE…`; it prints what it says."""

import asyncio
import sys
from pathlib import Path

from bramka.app.settings import Settings
from bramka.app.supervisor.process import Role, Supervisor, lock_folder
from bramka.domain.errors import BramkaError


def say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    data = Path(sys.argv[1])
    roles = [
        Role(name, tuple(sys.argv[2:3]) * bool(i))
        for i, name in enumerate(sys.argv[2:])
    ]
    program = str(Path(__file__).with_name("fake_role.py"))
    with lock_folder(data):
        supervisor = Supervisor(
            Settings(data=data),
            say,
            roles=roles,
            command=lambda name: [sys.executable, program, name],
            patience=1,
        )
        asyncio.run(supervisor.run(lambda: say("everything answers")))


try:
    main()
except BramkaError as error:
    sys.exit(error.message)
