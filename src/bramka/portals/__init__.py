"""Sign-in, sessions and the browser assets."""
