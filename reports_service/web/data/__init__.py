"""The data officer's pages: who looked at people's data, what is kept and what was deleted."""
