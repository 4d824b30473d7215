"""`bramka init`, `bramka token` and `bramka usage` on a data folder."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bramka.app.clock import SystemClock
from bramka.cli.main import bramka
from bramka.domain.traffic.usage import Batch, Row
from bramka.store.database import open_database, writing
from bramka.store.schema import prepare_usage
from bramka.store.usage import ingest


def run(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(bramka, [*words, "--data", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def init(folder: Path) -> str:
    given = (
        "--name",
        "demo",
        "--organization",
        "Books",
        "--admin-email",
        "a@b.example",
    )
    return run(folder, "init", *given)


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    """A folder with an instance and some calls, old and new."""
    init(tmp_path)
    engine = open_database(f"sqlite:///{tmp_path / 'usage.db'}")
    prepare_usage(engine)
    minute = int(SystemClock().now() // 60)
    rows = []
    for age, calls in ((0, 3), (180, 5)):
        row = Row(
            minute=minute - age,
            api="a-rather-long-name-of-an-api-that-somebody-chose-for-a-reason",
            operation="get",
            product="starter",
            subscription="master",
        )
        for number in range(calls):
            row.add((200, 429, 500)[number % 3], 2_000_000, bandwidth=1500)
        rows.append(row)
    with writing(engine) as connection:
        ingest(connection, Batch(gateway="g", batch="b", rows=tuple(rows)), 0.0)
    engine.dispose()
    return tmp_path


def test_init_shows_password_and_token_once(tmp_path: Path) -> None:
    text = init(tmp_path)
    assert "Password: " in text
    assert "Management token: " in text
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("state.db*"))
    for word in ("Password: ", "Management token: "):
        secret = text.partition(word)[2].splitlines()[0]
        assert secret.encode() not in kept


def test_a_second_init_is_refused_in_one_line(tmp_path: Path) -> None:
    init(tmp_path)
    words = ["init", "--name", "x", "--organization", "x", "--admin-email", "a@b.c"]
    result = CliRunner().invoke(bramka, [*words, "--data", str(tmp_path)])
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert "already an instance here: 'demo'" in line


def test_a_token_is_printed_alone(tmp_path: Path) -> None:
    init(tmp_path)
    token = run(tmp_path, "token", "create", "--role", "viewer", "--days", "1").strip()
    assert len(bytes.fromhex(token)) == 32


def test_usage_fits_80_columns_and_adds_up(counted: Path) -> None:
    text = run(counted, "usage")
    assert max(map(len, text.splitlines())) <= 80
    for title in ("By api", "By operation", "By product", "By subscription"):
        assert title in text
    (line,) = [line for line in text.splitlines() if "Starter" in line]
    assert line.split()[1:5] == ["8", "3", "3", "2"]
    assert line.split()[-2:] == ["12.0", "kB"]


def test_usage_of_the_last_hour_leaves_out_the_rest(counted: Path) -> None:
    text = run(counted, "usage", "--by", "product", "--since", "1h", "--output", "json")
    (record,) = json.loads(text)["product"]
    assert record["callCountTotal"] == 3
    assert abs(record["apiTimeP50"] - 2000) <= 40


def test_usage_before_any_call_says_so(tmp_path: Path) -> None:
    init(tmp_path)
    assert run(tmp_path, "usage").count("nothing was called") == 4


@pytest.mark.parametrize("since", ["1", "h", "-1h", "1y", "1h30m"])
def test_a_since_that_cannot_be_read_is_refused(tmp_path: Path, since: str) -> None:
    words = ["usage", "--since", since, "--data", str(tmp_path)]
    result = CliRunner().invoke(bramka, words)
    assert result.exit_code == 1
    assert "write 30m, 12h or 7d" in result.output
