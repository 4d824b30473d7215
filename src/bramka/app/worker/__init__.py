"""The worker's process, its runners, scorers and hands."""
