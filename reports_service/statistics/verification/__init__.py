"""Whether histories, rows and figures still say the same: all rebuilt from events and compared."""
