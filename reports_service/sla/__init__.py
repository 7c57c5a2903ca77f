"""How long it may take: policies, the working calendar, escalation ladders."""
