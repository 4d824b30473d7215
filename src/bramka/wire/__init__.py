"""HTTP/1.1 on bare asyncio protocols, shared by every process that answers fast."""
