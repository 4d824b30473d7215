"""The rules of the product: plain data and decisions, no I/O, no clock, no framework."""
