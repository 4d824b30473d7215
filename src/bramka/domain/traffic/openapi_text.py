"""OpenAPI documents as text: JSON or YAML."""

from typing import Any

import msgspec
import yaml


def write_json(document: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def write_yaml(document: Any) -> str:
    return str(
        yaml.dump(document, Dumper=_Written, sort_keys=False, allow_unicode=True)
    )


class _Written(yaml.CSafeDumper):
    """Writes out what stands in several places: aliases are not read back."""

    def ignore_aliases(self, _data: object) -> bool:
        return True
