"""The hot path: direct → router → access → steps → forwarder → answering → journal."""
