"""Runs experiment graphs and publishes them as scoring functions."""
