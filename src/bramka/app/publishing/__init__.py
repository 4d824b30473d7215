"""Models of somebody's own, made services."""
