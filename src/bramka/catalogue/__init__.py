"""The shelf of modules: one file is one module, the folder is the registry."""

from bramka.catalogue._shelf import Shelf, shelf

__all__ = ["Shelf", "shelf"]
