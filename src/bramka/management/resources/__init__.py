"""Shelf: one file is one kind of resource of the management REST."""
