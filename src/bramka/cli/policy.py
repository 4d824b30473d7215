"""Show, set and delete the policy of a scope."""

from pathlib import Path

import click

from bramka.app.calling.entity import OUTPUT, as_json, say, with_rest
from bramka.app.calling.rest import Rest
from bramka.domain.errors import Invalid

SCOPE = click.argument("scope")


@click.group()
def command() -> None:
    """Show, set and delete the policy of a scope.

    A SCOPE is global, products/ID, apis/ID or apis/ID/operations/ID.
    """


@command.command("list")
@with_rest
@OUTPUT
def list_all(rest: Rest, output: str) -> None:
    """Print the scopes that have a policy of their own."""
    scopes = []
    for row in rest.call("GET", "/allPolicies")["value"]:
        path = row["properties"]["referencePolicyId"].partition("/service/")[2]
        scope = path.partition("/")[2].removesuffix("policies/policy").strip("/")
        scopes.append(scope or "global")
    click.echo(as_json(scopes) if output == "json" else "\n".join(scopes))


@command.command("show")
@with_rest
@SCOPE
@OUTPUT
def show(rest: Rest, scope: str, output: str) -> None:
    """Print the document of a scope."""
    found = rest.call("GET", _path(scope), query={"format": "rawxml"})
    say(found, found["properties"]["value"], output)


@command.command("set")
@with_rest
@SCOPE
@click.argument("file", type=click.Path(path_type=Path))
@OUTPUT
def put(rest: Rest, scope: str, file: Path, output: str) -> None:
    """Save the document in FILE; it is refused if gateways would not take it."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise Invalid(f"{file} cannot be read: {why}") from error
    made = rest.call("PUT", _path(scope), {"format": "rawxml", "value": text})
    say(made, f"policy of {scope} is saved", output)


@command.command("delete")
@with_rest
@SCOPE
@OUTPUT
def delete(rest: Rest, scope: str, output: str) -> None:
    """Let a scope have no policy of its own."""
    rest.call("DELETE", _path(scope))
    say({"scope": scope, "deleted": True}, f"policy of {scope} is gone", output)


def _path(scope: str) -> str:
    place = "" if scope == "global" else f"/{scope.strip('/')}"
    return f"{place}/policies/policy"
