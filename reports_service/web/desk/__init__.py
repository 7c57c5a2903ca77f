"""Pages of the 1022 centre's desk and of heads: triage, calls, duplicates, the team."""
