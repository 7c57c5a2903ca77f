"""Closed periods: a month's figures frozen with their definitions, and what changed since."""
