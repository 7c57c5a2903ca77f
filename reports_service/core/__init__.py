"""Plumbing shared by all packages; it knows no noun of the trade."""
