"""What leaders measure, each figure with its definition."""
