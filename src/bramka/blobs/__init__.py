"""Blob storage: one interface over clouds and folders, and the embedded endpoint."""
