"""Wiring: the only room where parts meet; each process is put together here."""
