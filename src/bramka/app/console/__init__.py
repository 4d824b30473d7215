"""The console's process: management REST, studio REST and the browser faces."""
