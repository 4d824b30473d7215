"""`$filter` of every list, field by field, and what else chooses and adds in lists."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.databases import KINDS, new_database
from tests.management.console import Console, Listener, running_console
from tests.management.test_entities import put
from tests.management.test_inventory import PUTS

TEXT = "text"
"""Takes every comparison and every function."""
WORD = "word"
"""Takes eq and ne only."""

LISTS: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "/apis": (
        "echo",
        {
            "name": (TEXT, "'echo'"),
            "displayName": (TEXT, "'Echo'"),
            "description": (TEXT, "'answers'"),
            "serviceUrl": (TEXT, "'http://127.0.0.1:1'"),
            "path": (TEXT, "'echo'"),
            "isCurrent": (WORD, "true"),
        },
    ),
    "/apis/echo/operations": (
        "read",
        {
            "name": (TEXT, "'read'"),
            "displayName": (TEXT, "'Read'"),
            "method": (TEXT, "'GET'"),
            "description": (TEXT, "'reads'"),
            "urlTemplate": (TEXT, "'/things'"),
        },
    ),
    "/products": (
        "books",
        {
            "name": (TEXT, "'books'"),
            "displayName": (TEXT, "'Books'"),
            "description": (TEXT, "'paper'"),
            "terms": (TEXT, "'be kind'"),
            "state": (WORD, "'published'"),
        },
    ),
    "/users": (
        "dev",
        {
            "name": (TEXT, "'dev'"),
            "firstName": (TEXT, "'Dev'"),
            "lastName": (TEXT, "'Eloper'"),
            "email": (TEXT, "'dev@example.com'"),
            "state": (WORD, "'blocked'"),
            "note": (TEXT, "'nice'"),
        },
    ),
    "/groups": (
        "readers",
        {
            "name": (TEXT, "'readers'"),
            "displayName": (TEXT, "'Readers'"),
            "description": (TEXT, "'who read'"),
            "externalId": (WORD, "'aad://a/groups/b'"),
        },
    ),
    "/subscriptions": (
        "mine",
        {
            "name": (TEXT, "'mine'"),
            "displayName": (TEXT, "'Mine'"),
            "stateComment": (TEXT, "'why'"),
            "ownerId": (TEXT, "'/users/dev'"),
            "userId": (TEXT, "'dev'"),
            "user": (TEXT, "'/users/dev'"),
            "user/email": (TEXT, "'dev@example.com'"),
            "user/firstName": (TEXT, "'Dev'"),
            "user/lastName": (TEXT, "'Eloper'"),
            "scope": (TEXT, "'/products/books'"),
            "productId": (TEXT, "'/products/books'"),
            "state": (WORD, "'suspended'"),
        },
    ),
    "/namedValues": (
        "where",
        {
            "name": (TEXT, "'where'"),
            "displayName": (TEXT, "'where'"),
            "tags": (TEXT, "'only'"),
        },
    ),
    "/backends": (
        "there",
        {
            "name": (TEXT, "'there'"),
            "title": (TEXT, "'There'"),
            "url": (TEXT, "'http://127.0.0.1:1'"),
        },
    ),
    "/certificates": (
        "own",
        {
            "name": (TEXT, "'own'"),
            "subject": (TEXT, "'CN=bramka.test'"),
        },
    ),
    "/loggers": (
        "logs",
        {
            "name": (TEXT, "'logs'"),
            "description": (TEXT, "'all'"),
            "loggerType": (WORD, "'applicationInsights'"),
            "resourceId": (TEXT, "'/there'"),
        },
    ),
    "/issues": (
        "slow",
        {
            "name": (TEXT, "'slow'"),
            "apiId": (TEXT, "'/apis/echo'"),
            "title": (TEXT, "'Slow'"),
            "description": (TEXT, "'very'"),
            "authorName": (TEXT, "'Dev Eloper'"),
            "userId": (TEXT, "'/users/dev'"),
            "state": (WORD, "'proposed'"),
        },
    ),
    "/apis/echo/issues/slow/comments": (
        "one",
        {"name": (TEXT, "'one'"), "userId": (TEXT, "'dev'")},
    ),
    "/apis/echo/releases": ("first", {"notes": (TEXT, "'first'")}),
    "/apis/echo/revisions": ("", {"apiRevision": (TEXT, "'1'")}),
    "/apis/echo/schemas": (
        "thing",
        {"contentType": (TEXT, "'application/vnd.oai.openapi.components+json'")},
    ),
    "/apis/echo/tagDescriptions": (
        "red",
        {"name": (TEXT, "'red'"), "displayName": (TEXT, "'Red'")},
    ),
    "/templates": (
        "newDeveloperNotificationMessage",
        {"name": (TEXT, "'newDeveloperNotificationMessage'")},
    ),
    "/diagnostics": ("azuremonitor", {"name": (TEXT, "'azuremonitor'")}),
    "/schemas": ("thing", {"name": (TEXT, "'thing'")}),
    "/tags": ("red", {"name": (TEXT, "'red'"), "displayName": (TEXT, "'Red'")}),
    "/policyFragments": (
        "common",
        {
            "name": (TEXT, "'common'"),
            "description": (TEXT, "'shared'"),
            "value": (TEXT, f"'{PUTS['policy_fragment']['value']}'"),
        },
    ),
    "/gateways": (
        "edge",
        {
            "name": (TEXT, "'edge'"),
            "region": (TEXT, "'the edge'"),
            "description": (TEXT, "'far'"),
        },
    ),
    "/documentations": ("start", {"name": (TEXT, "'start'")}),
    "/products/books/wikis": ("default", {"name": (TEXT, "'default'")}),
    "/products/books/apiLinks": ("", {"apiId": (TEXT, "'/apis/echo'")}),
    "/tags/red/operationLinks": (
        "",
        {"operationId": (TEXT, "'/apis/echo/operations/read'")},
    ),
    "/tagResources": (
        "",
        {
            "aid": (TEXT, "'/apis/echo/operations/read'"),
            "name": (TEXT, "'Read'"),
            "displayName": (TEXT, "'Read'"),
            "apiName": (TEXT, "'Echo'"),
            "description": (TEXT, "'reads'"),
            "method": (TEXT, "'GET'"),
            "urlTemplate": (TEXT, "'/things'"),
        },
    ),
    "/apisByTags": (
        "",
        {
            "apiRevision": (TEXT, "'1'"),
            "path": (TEXT, "'echo'"),
            "serviceUrl": (TEXT, "'http://127.0.0.1:1'"),
            "isCurrent": (WORD, "true"),
        },
    ),
    "/productsByTags": (
        "",
        {"terms": (TEXT, "'be kind'"), "state": (WORD, "'published'")},
    ),
}
"""List → the id in it that is meant, "" in rows without one, and its fields."""

THINGS: dict[str, dict[str, Any]] = {
    "/apis/echo": PUTS["api"] | {"description": "answers"},
    "/apis/echo/operations/read": PUTS["api_operation"] | {"description": "reads"},
    "/apis/echo/releases/first": PUTS["api_release"],
    "/apis/echo/schemas/thing": PUTS["api_schema"],
    "/products/books": {
        "displayName": "Books",
        "description": "paper",
        "terms": "be kind",
        "state": "published",
    },
    "/products/books/apis/echo": {},
    "/users/dev": PUTS["user"] | {"state": "blocked", "note": "nice"},
    "/groups/readers": {
        "displayName": "Readers",
        "description": "who read",
        "type": "external",
        "externalId": "aad://a/groups/b",
    },
    "/groups/own": {"displayName": "Own"},
    "/groups/own/users/dev": {},
    "/products/books/groups/own": {},
    "/subscriptions/mine": {
        "displayName": "Mine",
        "scope": "/products/books",
        "ownerId": "/users/dev",
        "state": "suspended",
        "stateComment": "why",
    },
    "/namedValues/where": PUTS["named_value"] | {"tags": ["only"]},
    "/namedValues/many": {"displayName": "many", "value": "v", "tags": ["a", "b"]},
    "/backends/there": PUTS["backend"] | {"title": "There"},
    "/certificates/own": PUTS["certificate"],
    "/loggers/logs": PUTS["logger"] | {"description": "all", "resourceId": "/there"},
    "/apis/echo/issues/slow": PUTS["api_issue"],
    "/apis/echo/issues/slow/comments/one": PUTS["api_issue_comment"],
    "/tags/red": PUTS["tag"],
    "/tags/blue": {"displayName": "Blue"},
    "/apis/echo/tags/red": {},
    "/apis/echo/operations/read/tags/red": {},
    "/products/books/tags/blue": {},
    "/apis/echo/tagDescriptions/red": PUTS["api_tag_description"],
    "/templates/newDeveloperNotificationMessage": PUTS["email_template"],
    "/diagnostics/azuremonitor": PUTS["diagnostic"],
    "/schemas/thing": PUTS["global_schema"],
    "/policyFragments/common": PUTS["policy_fragment"] | {"description": "shared"},
    "/gateways/edge": {"locationData": {"name": "the edge"}, "description": "far"},
    "/documentations/start": PUTS["documentation"],
    "/products/books/wikis/default": PUTS["product_wiki"],
}
"""What is put, in this order."""


@pytest.fixture(scope="module", params=KINDS)
def full(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    listening_once: tuple[str, Listener],
) -> Iterator[Console]:
    """A console with one of everything; nothing here changes what is in it."""
    folder: Path = tmp_path_factory.mktemp("full")
    with (
        new_database(request.param, folder, request, "demo") as url,
        running_console(url, folder, listening_once) as console,
    ):
        for place, properties in THINGS.items():
            put(console, place, **properties)
        yield console


def ask(console: Console, path: str, **query: str) -> list[dict[str, Any]]:
    asked = {f"${name}" if name == "filter" else name: query[name] for name in query}
    answer = console.call("GET", path, query=asked)
    assert answer.status_code == 200, (path, query, answer.text)
    rows: list[dict[str, Any]] = answer.json()["value"]
    return rows


def refused(console: Console, path: str, text: str) -> bool:
    answer = console.call("GET", path, query={"$filter": text})
    if answer.status_code != 400:
        return False
    error = answer.json()["error"]
    return bool(error["code"] == "ValidationError" and "$filter: '" in error["message"])


def whole(field: str, kind: str, value: str) -> str:
    """A filter with all that the field takes, which holds just for `value`."""
    parts = [f"{field} eq {value}", f"not ({field} ne {value})"]
    if kind != WORD:
        parts += [f"{field} {verb} {value}" for verb in ("ge", "le")]
        parts += [f"not ({field} {verb} {value})" for verb in ("gt", "lt")]
    if kind == TEXT:
        parts.append(f"substringof({value}, {field})")
        names = ("contains", "startswith", "endswith")
        parts += [f"{name}({field}, {value})" for name in names]
    return " and ".join(parts)


@pytest.mark.parametrize("path", LISTS)
def test_every_field_takes_what_it_should(full: Console, path: str) -> None:
    name, fields = LISTS[path]
    for field, (kind, value) in fields.items():
        found = ask(full, path, filter=whole(field, kind, value))
        assert found, field
        others = ask(full, path, filter=f"{field} ne {value}")
        assert not [row for row in others if row in found], field
        if name:
            assert name in [row["name"] for row in found], field
        if kind == WORD:
            assert refused(full, path, f"{field} gt {value}"), field
    assert refused(full, path, "nothing eq 'a'")


def test_dates_are_compared_and_nothing_else(full: Console) -> None:
    for path, field, name in (
        ("/certificates", "expirationDate", "own"),
        ("/users", "registrationDate", "dev"),
        ("/subscriptions", "createdDate", "mine"),
    ):
        long_ago, far = "datetime'2000-01-01'", "2200-01-01T00:00:00Z"
        found = ask(full, path, filter=f"{field} ge {long_ago} and {field} lt {far}")
        assert name in [row["name"] for row in found]
        assert not ask(full, path, filter=f"{field} le {long_ago} or {field} gt {far}")
        answer = full.call("GET", path, query={"$filter": f"contains({field}, '2')"})
        assert "does not work on" in answer.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tags/any(t: t eq 'a')", ["many"]),
        ("tags/any(t: startswith(t, 'o') or t eq 'b')", ["many", "where"]),
        ("tags/all(t: t eq 'only')", ["where"]),
        ("tags/all(t: t eq 'a')", []),
        ("tags eq 'b'", ["many"]),
        ("tags ne 'b'", ["where"]),
        ("not tags/any(t: t gt 'a')", []),
    ],
)
def test_named_values_are_found_by_their_tags(
    full: Console, text: str, found: list[str]
) -> None:
    assert [row["name"] for row in ask(full, "/namedValues", filter=text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "tags/any(t: x eq 'a')",
        "tags/any(t eq 'a')",
        "tags/any(t: t eq 'a'",
        "displayName/any(t: t eq 'a')",
        "tags/none(t: t eq 'a')",
    ],
)
def test_a_condition_on_many_that_cannot_be_read_is_refused(
    full: Console, text: str
) -> None:
    answer = full.call("GET", "/namedValues", query={"$filter": text})
    assert answer.status_code == 400
    answer = full.call("GET", "/namedValues", query={"$orderby": "tags"})
    assert "nothing can be sorted by it" in answer.text


def test_people_and_products_are_found_by_their_groups(full: Console) -> None:
    for path, name in (("/users", "dev"), ("/products", "books")):
        for text in ("groups eq 'own'", "groups/any(g: g eq '/groups/own')"):
            (found,) = ask(full, path, filter=text)
            assert found["name"] == name
        others = ask(full, path, filter="groups ne 'own'")
        assert name not in [row["name"] for row in others]


def test_groups_and_version_sets_are_told_with_what_has_them(full: Console) -> None:
    for path in ("/users", "/products"):
        (found,) = ask(full, path, filter="groups eq 'own'", expandGroups="true")
        told = {group["displayName"] for group in found["properties"]["groups"]}
        assert "Own" in told
        (found,) = ask(full, path, filter="groups eq 'own'")
        assert "groups" not in found["properties"]
    answer = full.call("GET", "/users", query={"expandGroups": "maybe"})
    assert answer.status_code == 400


def test_lists_are_narrowed_to_what_carries_a_tag(full: Console) -> None:
    for path, name, tag in (
        ("/apis", "echo", "red"),
        ("/apis/echo/operations", "read", "Red"),
        ("/products", "books", "nothing,Blue"),
    ):
        assert [row["name"] for row in ask(full, path, tags=tag)] == [name]
        assert not ask(full, path, tags="nothing")
    assert [row["name"] for row in ask(full, "/tags", scope="apis/echo")] == ["red"]
    assert [row["name"] for row in ask(full, "/tags", scope="products")] == ["blue"]


def test_nothing_comes_from_a_key_vault(full: Console) -> None:
    for path in ("/namedValues", "/certificates"):
        assert not ask(full, path, isKeyVaultRefreshFailed="true")
        assert ask(full, path, isKeyVaultRefreshFailed="false")


def test_a_scope_may_be_written_in_full(full: Console) -> None:
    (mine,) = ask(full, "/subscriptions", filter="name eq 'mine'")
    scope = mine["properties"]["scope"]
    owner = mine["properties"]["ownerId"]
    for text in (f"scope eq '{scope}'", f"ownerId eq '{owner}'"):
        (found,) = ask(full, "/subscriptions", filter=text)
        assert found["name"] == "mine"


def test_a_version_set_is_told_with_its_api(full: Console) -> None:
    put(full, "/apiVersionSets/v", displayName="V", versioningScheme="Segment")
    more = {"apiVersionSetId": "/apiVersionSets/v", "apiVersion": "v1"}
    put(full, "/apis/versioned", displayName="W", path="w", **more)
    (found,) = ask(
        full, "/apis", filter="name eq 'versioned'", expandApiVersionSet="true"
    )
    told = found["properties"]["apiVersionSet"]
    assert (told["name"], told["versioningScheme"]) == ("V", "Segment")
    assert told["id"].endswith("/apiVersionSets/v")


@pytest.mark.parametrize("asked", ["zażółć", "ZAŻÓŁĆ", "ĄŻ 50%_/", "łĄż", "Straße"])
def test_letters_of_every_alphabet_are_found_in_either_case(
    full: Console, asked: str
) -> None:
    title = "Zażółć GĘŚLĄ straße łąŻ 50%_/ Ω"
    put(full, "/tags/polish", displayName=title)
    put(full, "/tags/plain", displayName="Zazolc gesla 50")
    for wanted in (asked, asked.upper().replace("SS", "ß"), asked.lower()):
        query = {"$filter": f"contains(displayName, '{wanted}')"}
        rows = full.call("GET", "/tags", query=query).json()["value"]
        assert [row["name"] for row in rows] == ["polish"], wanted
    for wanted in ("startswith(displayName, 'zAŻÓ')", "endswith(displayName, '/ ω')"):
        rows = full.call("GET", "/tags", query={"$filter": wanted}).json()["value"]
        assert [row["name"] for row in rows] == ["polish"], wanted


def test_an_address_is_the_same_in_either_case(full: Console) -> None:
    person = {"firstName": "Ł", "lastName": "Ż", "email": "ŁUKASZ@example.com"}
    put(full, "/users/first", **person)
    again = full.call("PUT", "/users/second", person | {"email": "łukasz@example.com"})
    assert again.status_code == 409
