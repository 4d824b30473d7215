"""The shelf of policies: one file is one policy, the folder is the registry.

A file is named after its element: `rate_limit.py` is `<rate-limit>`. Files whose name
begins with an underscore hold what several policies share.
"""

import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bramka.domain.traffic.policy import Scope, Section
from bramka.domain.traffic.site import Children, Shelf, Site
from bramka.domain.traffic.step import Step


@dataclass
class _FromFile:
    """One file as the gateway sees a policy."""

    Settings: type[Any]
    SECTIONS: frozenset[Section]
    SCOPES: frozenset[Scope]
    ONCE: bool
    CHILDREN: Children
    TEXT: bool
    module: Any

    def compile(self, settings: Any, site: Site) -> Step:
        step: Step = self.module.compile(settings, site)
        return step


def shelf() -> Shelf:
    """Every policy in this folder, by element name."""
    found: Shelf = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = import_module(f"{__name__}.{info.name}")
        found[info.name.replace("_", "-")] = _FromFile(
            Settings=module.Settings,
            SECTIONS=module.SECTIONS,
            SCOPES=module.SCOPES,
            ONCE=getattr(module, "ONCE", False),
            CHILDREN=getattr(module, "CHILDREN", {}),
            TEXT=getattr(module, "TEXT", False),
            module=module,
        )
    return found
