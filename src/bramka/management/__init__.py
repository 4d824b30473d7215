"""The ARM-shaped management REST: one file per resource."""
