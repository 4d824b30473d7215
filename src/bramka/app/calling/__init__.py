"""The management REST as commands call it."""
