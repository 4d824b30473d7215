"""What the developer face reads and does: everything under `/developer`."""
