"""The workspace itself: what it is called, its tokens, and who works in it."""

import re

import msgspec
from msgspec import Struct
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid
from bramka.store.member import (
    Member,
    MemberRole,
    invite,
    list_members,
    remove_member,
    workspaces_of,
)
from bramka.store.transaction import Transaction
from bramka.store.workspace import (
    Workspace,
    list_workspaces,
    replace_workspace_tokens,
    workspace_by_id,
    workspace_tokens,
)
from bramka.studio_rest.call import Call, as_json, date_text
from bramka.studio_rest.router import Way

REGION = "Self-hosted"
MOST_INVITED = 100
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]{1,255}")
_BARE_NAME = re.compile(r"([{,]\s*)([A-Za-z]+)\s*:")


class Invitation(Struct, kw_only=True, rename="pascal"):
    """Who is to be let in: addresses with commas between."""

    role: str = "User"
    emails: str


def all_(call: Call) -> Response:
    """`GET workspaces`: those that the caller may open; people of the console all."""
    with call.site.store.reading() as transaction:
        found = (
            list_workspaces(transaction)
            if call.everywhere
            else workspaces_of(transaction, call.who)
        )
        return as_json([_entry(call, transaction, each) for each in found])


def read(call: Call) -> Response:
    """`GET workspaces/{workspace}`."""
    with call.site.store.reading() as transaction:
        found = workspace_by_id(transaction, call.workspace)
        return as_json(_entry(call, transaction, found))


def new_tokens(call: Call) -> Response:
    """`POST workspaces/{workspace}/tokens`: two new ones; the old open no more."""
    _owner(call)
    with call.site.store.writing() as transaction:
        tokens = replace_workspace_tokens(transaction, call.site.chance, call.workspace)
    told = {"PrimaryToken": tokens.primary, "SecondaryToken": tokens.secondary}
    return as_json(told)


def users(call: Call) -> Response:
    """`GET users`."""
    with call.site.store.reading() as transaction:
        found = list_members(transaction, call.workspace)
    return as_json([_member(each) for each in found])


def invite_users(call: Call) -> Response:
    """`POST invitations`; PowerShell writes the names in the body without quotes."""
    _owner(call)
    told = _invitation(call.body)
    emails = [each.strip() for each in re.split("[,;]", told.emails) if each.strip()]
    bad = [each for each in emails if not _EMAIL.fullmatch(each)]
    if bad or not 0 < len(emails) <= MOST_INVITED:
        raise Invalid(
            f"'{(bad or [told.emails])[0][:80]}' is no list of e-mail addresses; give "
            f"1 to {MOST_INVITED} with commas between.",
            target="Emails",
        )
    role: MemberRole = "Owner" if told.role.lower() == "owner" else "User"
    with call.site.store.writing() as transaction:
        made = invite(transaction, call.workspace, emails, role)
    return as_json([_member(each) for each in made])


def remove_user(call: Call) -> Response:
    """`DELETE users/{email}`; the owner of the workspace stays."""
    _owner(call)
    with call.site.store.writing() as transaction:
        remove_member(transaction, call.workspace, call.parts["email"])
    return as_json({})


def _entry(
    call: Call, transaction: Transaction, workspace: Workspace
) -> dict[str, object]:
    token = None
    # Each of the tokens does what an owner does.
    if call.role == "owner":
        keys = workspace_tokens(transaction, workspace.id)
        token = {"PrimaryToken": keys.primary, "SecondaryToken": keys.secondary}
    return {
        "WorkspaceId": workspace.id,
        "FriendlyName": workspace.friendly_name,
        "Description": "",
        "HDInsightClusterConnectionString": None,
        "HDInsightStorageConnectionString": None,
        "UseDefaultHDInsightSettings": False,
        "AuthorizationToken": token,
        "MigrationStatus": None,
        "OwnerEmail": workspace.owner,
        "UserStorage": None,
        "SubscriptionId": None,
        "SubscriptionName": None,
        "SubscriptionState": None,
        "Region": REGION,
        "WorkspaceStatus": "Enabled",
        "Type": "Paid",
        "CreatedTime": date_text(workspace.created),
    }


def _member(member: Member) -> dict[str, object]:
    return {
        "Status": "Active",
        "User": {
            "Email": member.email,
            "Name": member.email.partition("@")[0],
            "Role": member.role,
            "UserId": member.email,
        },
    }


def _invitation(body: bytes) -> Invitation:
    try:
        return msgspec.json.decode(body, type=Invitation)
    except msgspec.MsgspecError:
        quoted = _BARE_NAME.sub(r'\1"\2":', body.decode("utf-8", "replace"))
    try:
        return msgspec.json.decode(quoted, type=Invitation)
    except msgspec.MsgspecError as error:
        raise Invalid(f"The body is no invitation: {error}") from None


def _owner(call: Call) -> None:
    if call.role != "owner":
        raise Forbidden("Only an owner changes who may enter the workspace.")


_ONE = "api/workspaces/{workspace}"
WAYS = (
    Way("GET", "api/workspaces", all_),
    Way("GET", _ONE, read),
    Way("POST", _ONE + "/tokens", new_tokens),
    Way("GET", _ONE + "/users", users),
    Way("DELETE", _ONE + "/users/{email}", remove_user),
    Way("POST", _ONE + "/invitations", invite_users),
)
