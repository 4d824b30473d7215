"""Secrets, backups, and the configuration as files."""
