"""Write the whole configuration to a folder of readable files."""

import subprocess
from pathlib import Path

import click

from bramka.app.calling.entity import with_rest
from bramka.app.calling.rest import Rest
from bramka.app.keeping.artifacts import read_instance, write_folder
from bramka.domain.errors import Unavailable


@click.command()
@with_rest
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--secrets", is_flag=True, help="Write keys and secret values as well.")
@click.option(
    "--commit", metavar="MESSAGE", help="Commit the folder to git, if need be."
)
def command(rest: Rest, folder: Path, secrets: bool, commit: str | None) -> None:
    """Write APIs, products, policies and the rest to FOLDER.

    The layout is that of Azure's APIOps. Files of FOLDER that stand for nothing any
    more go; secrets are left out unless asked for.
    """
    files = rest.within(lambda calls: read_instance(calls, secrets=secrets))
    write_folder(folder, files)
    click.echo(f"{len(files)} files in {folder}")
    if commit is not None:
        _commit(folder, commit)


def _commit(folder: Path, message: str) -> None:
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    if _git(folder, "status", "--porcelain"):
        _git(folder, "commit", "--quiet", "--message", message)
        click.echo(f"committed {_git(folder, 'rev-parse', '--short', 'HEAD').strip()}")
    else:
        click.echo("nothing has changed since the last commit")


def _git(folder: Path, *words: str) -> str:
    command = ("git", "-C", str(folder), *words)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words, no shell
    except FileNotFoundError:
        raise Unavailable("git is not installed; leave --commit away.") from None
    if done.returncode:
        raise Unavailable(f"git {words[0]} failed: {done.stderr.strip()[-300:]}")
    return done.stdout
