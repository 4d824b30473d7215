"""The Studio REST as the old clients call it."""
