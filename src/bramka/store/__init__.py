"""The database: one file per noun, the same code on SQLite and PostgreSQL."""
