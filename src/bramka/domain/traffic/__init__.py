"""What stands between a caller and a web service: APIs, keys, limits, policies."""
