"""API management for machine-learning web services that people run themselves."""

__version__ = "0.1.0"
