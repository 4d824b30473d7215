"""Wiring: one file per process, the only place where parts meet."""
