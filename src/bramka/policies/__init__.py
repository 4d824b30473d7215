"""The shelf of policies: one file is one policy, the folder is the registry."""
