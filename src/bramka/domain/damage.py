"""What reading a damaged ZIP archive can raise; the library means not all of it."""

import struct
import zipfile
import zlib

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
)
"""Also what is encrypted (RuntimeError), or compressed in a way nobody here knows."""
