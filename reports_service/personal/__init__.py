"""People's data, shown to those whose it is and to who answers for it."""
