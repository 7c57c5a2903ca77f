"""Telling people: the staff inbox and e-mail to reporters."""
