"""The `bramka` command as a whole."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bramka.cli.main import bramka, caption, command_files

NAMES = sorted(command_files())


def commands(name: str) -> Iterator[tuple[list[str], click.Command]]:
    """A command and those below it, with the words that lead there."""
    command = bramka.get_command(click.Context(bramka), name)
    assert command is not None
    yield [name], command
    if isinstance(command, click.Group):
        yield from (([name, word], one) for word, one in command.commands.items())


def test_help_lists_every_file_of_the_folder_in_80_columns() -> None:
    text = CliRunner().invoke(bramka, ["--help"]).output
    assert all(f"  {name} " in text for name in NAMES)
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(name: str) -> None:
    for words, _ in commands(name):
        result = CliRunner().invoke(bramka, [*words, "--help"])
        assert result.exit_code == 0, result.output
        assert result.output.startswith(f"Usage: bramka {' '.join(words)}")
        assert max(map(len, result.output.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_a_caption_that_fits_a_line(name: str) -> None:
    assert 10 < len(caption(command_files()[name])) <= 80 - 14


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_described(name: str) -> None:
    silent = [
        (*words, one.name)
        for words, command in commands(name)
        for one in command.params
        if isinstance(one, click.Option) and not one.help
    ]
    assert not silent


def test_a_refusal_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "bramka.toml").write_text("gateway_prot = 1")
    result = CliRunner().invoke(bramka, ["up", "--data", str(tmp_path)])
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert line.startswith("bramka: ")
    assert "did you mean 'gateway_port'?" in line


def test_a_wrong_flag_is_exit_code_2() -> None:
    assert CliRunner().invoke(bramka, ["up", "--prot", "1"]).exit_code == 2
    assert CliRunner().invoke(bramka, ["upp"]).exit_code == 2


def test_help_does_not_keep_anybody_waiting() -> None:
    """Only click and the captions are loaded, none of what commands work with."""
    program = """if True:
        import sys
        from bramka.cli.main import bramka
        bramka(["--help"], standalone_mode=False)
        print(*sys.modules, file=sys.stderr)
    """
    told = subprocess.run(
        [sys.executable, "-S", "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(["src", *sys.path])},
    )
    loaded = {name.partition(".")[0] for name in told.stderr.split()}
    assert "Commands:" in told.stdout
    assert loaded - sys.stdlib_module_names - {"__main__"} == {"bramka", "click"}
    assert "asyncio" not in loaded


def test_a_terminal_of_few_letters_shows_what_it_can() -> None:
    script = """
from bramka import __main__
__main__.bramka = lambda prog_name: print(prog_name, "list\\u2026")
__main__.main()
"""
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONIOENCODING": "iso8859-2"},
        capture_output=True,
        check=True,
    )
    assert told.stdout == b"bramka list?\n"


@pytest.mark.parametrize("words", [["--help"], ["api", "--help"], ["--version"]])
def test_output_to_a_full_disk_is_one_line_and_exit_code_1(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [sys.executable, "-m", "bramka", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert told.returncode == 1
    assert told.stderr == (
        "bramka: Nothing more can be written: No space left on device.\n"
    )
