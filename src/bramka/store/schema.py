"""Bringing a database to the newest schema; safe when several processes start at once.

To add a migration after a table changed:
`python -m bramka.store.schema state "what changed"` (or `usage`).
"""

import importlib
import logging
import pkgutil
import sys
from functools import cache
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

from bramka.domain.errors import Conflict
from bramka.store.database import (
    METADATA,
    open_database,
    queue_writers,
    reading,
    writing,
)
from bramka.store.usage import USAGE_METADATA

Part = Literal["state", "usage"]
FOLDER = Path(__file__).parent / "migrations"
ROOM = "bramka.store"
UPGRADE_SECONDS = 300.0
"""How long a process waits for another that upgrades, on a busy machine too."""

# It would tell at each start that there is nothing to do.
logging.getLogger("alembic.runtime").setLevel(logging.WARNING)


def prepare(engine: Engine) -> None:
    """Upgrade the database of the instance to the newest schema."""
    _upgrade(engine, "state")


def prepare_usage(engine: Engine) -> None:
    """Upgrade the database of the usage rollups to the newest schema."""
    _upgrade(engine, "usage")


def configuration(part: Part, connection: Connection) -> Config:
    """What Alembic's commands need to work on `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("version_locations", str(FOLDER / part))
    config.set_main_option("path_separator", "newline")
    config.attributes["metadata"] = metadata(part)
    config.attributes["version_table"] = version_table(part)
    return config


def metadata(part: Part) -> MetaData:
    """Every table of a part; the folder of the room is the registry."""
    package = importlib.import_module(ROOM)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{ROOM}.{module.name}")
    return USAGE_METADATA if part == "usage" else METADATA


def version_table(part: Part) -> str:
    return f"{part}_version"


def _upgrade(engine: Engine, part: Part) -> None:
    with reading(engine) as connection:
        if revision_of(connection, part) == newest(part):
            return
    with writing(engine, UPGRADE_SECONDS) as connection:
        # Who waited for another's upgrade has nothing left to do.
        found = revision_of(connection, part)
        if found != newest(part):
            _refuse_newer(part, found)
            upgrade_within(connection, part, "head")


def _refuse_newer(part: Part, found: str | None) -> None:
    """Stop an older program at what a newer one upgraded; there is no way back."""
    # Revisions are numbers of one length.
    known = newest(part) or ""
    if found is not None and found > known:
        raise Conflict(
            f"The database is at version {found} of its schema, and this version of "
            f"Bramka knows {known}: a newer one upgraded it. Start the newer one, or "
            "restore a backup from before that."
        )


def upgrade_within(connection: Connection, part: Part, revision: str) -> None:
    """Upgrade to a revision, in the transaction of `connection`."""
    queue_writers(connection, "schema")
    command.upgrade(configuration(part, connection), revision)


def revision_of(connection: Connection, part: Part) -> str | None:
    """The revision a part of a database is at; None when it has no tables yet."""
    context = MigrationContext.configure(
        connection, opts={"version_table": version_table(part)}
    )
    return context.get_current_revision()


@cache
def newest(part: Part) -> str | None:
    """The newest revision there is."""
    script = ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER / part)])
    return script.get_current_head()


def _write_migration(part: Part, message: str) -> None:
    """Compare an empty database, upgraded, with the tables and write the difference."""
    engine = open_database("sqlite://")
    with writing(engine) as connection:
        config = configuration(part, connection)
        command.upgrade(config, "head")
        number = len(list((FOLDER / part).glob("*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")


if __name__ == "__main__":
    _write_migration("usage" if sys.argv[1] == "usage" else "state", sys.argv[2])
