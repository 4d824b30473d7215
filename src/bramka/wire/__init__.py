"""HTTP/1.1, and HTTP/2 and TLS before it, on bare asyncio protocols."""
