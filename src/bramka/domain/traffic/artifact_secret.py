"""What of an artifact is secret: left out of files, needed to make a noun anew."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bramka.domain.errors import Invalid
from bramka.domain.traffic.artifact import (
    UNSET_IS_TOLD,
    Artifact,
    Files,
    artifacts_in,
    properties_in,
    written,
)

Properties = dict[str, Any]
_TOKEN = re.compile(r"\{#\[([A-Za-z_][A-Za-z0-9_]*)\]#\}")
"""A value that the environment has: `{#[NAME]#}`, as APIOps writes it."""


def without_literals(properties: Mapping[str, Any]) -> Properties:
    """A backend without what proves us to it; names of named values stay.

    A header or parameter whose value is left out stays as an empty list.
    """
    told = dict(properties)
    credentials = told.get("credentials")
    if not isinstance(credentials, dict):
        return told
    kept = dict(credentials)
    for place in ("header", "query"):
        if isinstance(kept.get(place), dict):
            kept[place] = {
                name: values if all(map(_is_reference, values)) else []
                for name, values in kept[place].items()
            }
    proof = kept.get("authorization")
    if isinstance(proof, dict) and not _is_reference(proof.get("parameter", "")):
        kept["authorization"] = {"scheme": proof.get("scheme")}
    return told | {"credentials": kept}


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and "{{" in value


# --- what is missing ------------------------------------------------------------------


def missing_in(artifact: Artifact, properties: Properties) -> list[str]:
    """Secrets without which the noun cannot be made as it was, by their names."""
    needed = _NEEDED.get(artifact.kind.segment)
    return [] if needed is None else list(needed(properties))


def _backend(properties: Properties) -> Iterator[str]:
    credentials = properties.get("credentials") or {}
    for place in ("header", "query"):
        for name, values in (credentials.get(place) or {}).items():
            if not values:
                yield f"credentials.{place}.{name}"
    if "parameter" not in (credentials.get("authorization") or {"parameter": ""}):
        yield "credentials.authorization.parameter"
    proxy = properties.get("proxy") or {}
    if proxy.get("username") and not proxy.get("password"):
        yield "proxy.password"


def _without(*names: str) -> Callable[[Properties], list[str]]:
    return lambda properties: [name for name in names if name not in properties]


def _named_value(properties: Properties) -> list[str]:
    return _without("value")(properties) if properties.get("secret") else []


def _logger(properties: Properties) -> list[str]:
    if properties.get("loggerType") == "azureMonitor":
        return []
    return _without("credentials")(properties)


def _authorization(properties: Properties) -> list[str]:
    if properties.get("oauth2grantType") != "ClientCredentials":
        return []
    return _without("parameters")(properties)


def _authorization_provider(properties: Properties) -> list[str]:
    oauth2 = properties.get("oauth2")
    known = oauth2 is None or "grantTypes" in oauth2
    return [] if known else ["oauth2.grantTypes"]


def _portal_setting(properties: Properties) -> list[str]:
    return _without("validationKey")(properties) if properties.get("url") else []


def _portal_config(properties: Properties) -> list[str]:
    delegation = properties.get("delegation") or {}
    known = not delegation.get("delegationUrl") or delegation.get("validationKey")
    return [] if known else ["delegation.validationKey"]


_NEEDED: Mapping[str, Callable[[Properties], "list[str] | Iterator[str]"]] = {
    "namedValues": _named_value,
    "certificates": _without("data"),
    "backends": _backend,
    "loggers": _logger,
    "caches": _without("connectionString"),
    "identityProviders": _without("clientSecret"),
    "openidConnectProviders": _without("clientSecret"),
    "authorizationServers": _without(*sorted(UNSET_IS_TOLD)),
    "authorizationProviders": _authorization_provider,
    "authorizations": _authorization,
    "portalsettings": _portal_setting,
    "portalconfigs": _portal_config,
}


# --- values from elsewhere ------------------------------------------------------------


def with_values(
    files: Mapping[str, bytes], values: object, environment: Mapping[str, str]
) -> Files:
    """The files with what a values file says laid over them.

    It is written as APIOps' configuration is: for each kind a list of entries with a
    name and properties; `{#[NAME]#}` is taken from the environment.
    """
    told = dict(files)
    known = {artifact.path.lower(): artifact for artifact in artifacts_in(files)}
    for path, properties in _entries(values, ""):
        artifact = known.get(path.lower())
        if artifact is None or artifact.file not in files:
            raise Invalid(f"The values name {path}, which the folder does not hold.")
        given = _filled(properties, environment, path)
        own = properties_in(artifact.file, told[artifact.file])
        told[artifact.file] = written(_laid_over(own, given))
    return told


def _entries(values: object, place: str) -> Iterator[tuple[str, Properties]]:
    if not isinstance(values, dict):
        raise Invalid(f"The values of {place or 'the file'} have to be a mapping.")
    for segment, entries in values.items():
        if segment in ("name", "properties", "apimServiceName"):
            continue
        if not isinstance(entries, list):
            raise Invalid(f"The values under {place}/{segment} have to be a list.")
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
                raise Invalid(f"Each entry under {place}/{segment} needs a 'name'.")
            path = f"{place}/{segment}/{entry['name']}"
            properties = entry.get("properties")
            if isinstance(properties, dict):
                yield path, properties
            yield from _entries(entry, path)


def _filled(value: Any, environment: Mapping[str, str], path: str) -> Any:
    if isinstance(value, dict):
        return {k: _filled(one, environment, path) for k, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, environment, path) for one in value]
    if not isinstance(value, str):
        return value

    def known(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise Invalid(
                f"The values of {path} name the variable {found[1]}, which is not set."
            )
        return environment[found[1]]

    return _TOKEN.sub(known, value)


def _laid_over(own: Properties, given: Properties) -> Properties:
    laid = dict(own)
    for name, value in given.items():
        before = laid.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            laid[name] = _laid_over(before, value)
        else:
            laid[name] = value
    return laid
