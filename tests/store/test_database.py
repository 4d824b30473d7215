"""Which databases are opened, and what is said of those that are not."""

import subprocess
import sys

import pytest

from bramka.domain.errors import Invalid
from bramka.store.database import open_database


@pytest.mark.parametrize(
    "address",
    [
        *("state.db", "sqlite:state.db", "mysql://u:secret@db/x"),
        *("postgres://u:secret@db/x", "postgresql+psycopg://u:secret@db:port/x"),
    ],
)
def test_an_address_of_no_database_is_told_without_its_password(address: str) -> None:
    with pytest.raises(Invalid, match="write postgresql") as told:
        open_database(address)
    assert told.value.target == "database"
    assert "secret" not in told.value.message


def test_postgresql_without_its_driver_says_what_to_install() -> None:
    script = """if True:
        import sys
        sys.modules["psycopg"] = None
        from bramka.domain.errors import Invalid
        from bramka.store.database import open_database
        try:
            open_database("postgresql+psycopg://bramka@127.0.0.1/bramka")
        except Invalid as error:
            print(error.message)
    """
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "'psycopg' is not there; install bramka[postgres]" in told.stdout
