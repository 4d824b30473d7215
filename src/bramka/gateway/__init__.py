"""The hot path: listener → router → access → pipeline → forwarder → journal."""
