"""The gateway's process, and what is put together for it."""
