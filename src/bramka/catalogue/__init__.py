"""The shelf of modules: one file is one module, the folder is the registry."""

from bramka.catalogue._isolated import LIVE
from bramka.catalogue._shelf import Shelf, shelf
from bramka.catalogue._workroom import Workrooms

__all__ = ["LIVE", "Shelf", "Workrooms", "shelf"]
