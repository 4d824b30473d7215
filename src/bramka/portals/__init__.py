"""Sign-in, sessions, what developers see, and the browser faces."""
