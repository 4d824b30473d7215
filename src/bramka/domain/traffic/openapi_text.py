"""OpenAPI documents as text: JSON or YAML."""

from typing import Any

import msgspec
import yaml


def write_json(document: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def write_yaml(document: Any) -> str:
    return str(
        yaml.dump(
            document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True
        )
    )
