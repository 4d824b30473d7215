"""The rules of the product: plain data and decisions; no I/O, clock or framework."""
