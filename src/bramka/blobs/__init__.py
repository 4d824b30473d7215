"""Blobs: stores, connection strings, signatures, and the embedded Blob endpoint."""
