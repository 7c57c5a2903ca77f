"""The quality of what agencies record, counted once a night and kept."""
