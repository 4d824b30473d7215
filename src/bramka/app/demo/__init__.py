"""What `--demo` puts into a new installation."""
