"""Benchmarks: the gateway beside its rivals, in one run on the same core."""
