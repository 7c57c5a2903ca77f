"""Pages of administrators: who answers, for what, in which time; and what was changed by whom."""
