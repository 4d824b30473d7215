"""The families of the closed member table, one file per kind of type."""
