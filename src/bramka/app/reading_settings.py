"""Settings read: flags, then BRAMKA_* variables, then DATA/bramka.toml."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bramka.app.settings import DEFAULT_DATA, PREFIX, Settings
from bramka.domain.errors import Invalid

FILE = "bramka.toml"


def read_settings(
    flags: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from flags (None: not given), then environment, file and defaults."""
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in flags.items() if value is not None}
    data = Path(str(given.get("data") or environment.get("BRAMKA_DATA") or ""))
    data = (data if data.name or data.is_absolute() else DEFAULT_DATA).absolute()
    found: dict[str, Any] = {"data": data}
    from_file = _from_file(data / FILE)
    from_environment = {
        name: environment[PREFIX + name.upper()]
        for name in Settings.__struct_fields__
        if environment.get(PREFIX + name.upper()) and name != "data"
    }
    for name in Settings.__struct_fields__:
        if name == "data":
            continue
        if name in given:
            found[name] = _checked(name, given[name], f"--{name.replace('_', '-')}")
        elif name in from_environment:
            place = f"the variable {PREFIX}{name.upper()}"
            found[name] = _checked(name, from_environment[name], place)
        elif name in from_file:
            found[name] = _checked(name, from_file[name], str(data / FILE))
    return Settings(**found)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} is not TOML: {error}") from error
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from error
    names = [name for name in Settings.__struct_fields__ if name != "data"]
    for key in content:
        if key not in names:
            near = difflib.get_close_matches(key, names, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise Invalid(f"{path} sets '{key}', which is not a setting{hint}")
    return content


_TYPES = {field.name: field.type for field in msgspec.structs.fields(Settings)}


def _checked(name: str, value: object, place: str) -> object:
    try:
        if name == "tls" and isinstance(value, str):
            value = msgspec.json.decode(value)
        return msgspec.convert(value, _TYPES[name], strict=False)
    except msgspec.MsgspecError as error:
        # The value is not repeated: it may be an address with a password in it.
        raise Invalid(f"{name} from {place}: {error}") from None
