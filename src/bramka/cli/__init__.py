"""The commands of `bramka`."""
