"""The `bramka` command: each file beside this one is a command, named after it."""

import ast
import importlib
from pathlib import Path
from typing import Any

import click

from bramka import __version__
from bramka.app import lifeline
from bramka.domain.errors import BramkaError

FOLDER = Path(__file__).parent


def command_files() -> dict[str, Path]:
    """Each command's file by its name; the folder is the registry.

    A word that Python keeps for itself has a `_` behind it: `import_.py`.
    """
    return {
        path.stem.rstrip("_").replace("_", "-"): path
        for path in sorted(FOLDER.glob("*.py"))
        if path.stem not in ("__init__", "main")
    }


class CommandFolder(click.Group):
    """The commands of the folder, imported when they are used."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(command_files())

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        path = command_files().get(name)
        if path is None:
            return None
        command = importlib.import_module(f"bramka.cli.{path.stem}").command
        assert isinstance(command, click.Command)
        command.name = name
        return command

    def format_commands(
        self, _context: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands with their files' captions, importing none of them."""
        rows = [(name, caption(path)) for name, path in command_files().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except BramkaError as error:
            raise Refusal(one_line(error)) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise Refusal(f"{error.filename}: {error.strerror}") from error


class Refusal(click.ClickException):
    """What was asked cannot be done: one line, exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"bramka: {self.message}", err=True)


def one_line(error: BramkaError) -> str:
    """The message and its details in one line, each once."""
    parts = dict.fromkeys([error.message, *(told.message for told in error.details)])
    return " ".join(" ".join(parts).split())


def caption(path: Path) -> str:
    """The first line of a file's docstring, without its full stop."""
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.partition("\n")[0].rstrip(".")


@click.group(
    cls=CommandFolder,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="bramka %(version)s")
def bramka() -> None:
    """API management for machine-learning web services that you run yourself.

    Begin with `bramka up --demo`; every command explains itself with --help.
    """
    lifeline.hold()
