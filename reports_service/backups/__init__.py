"""Backups: the database, the files it names and the configuration in one archive, and back."""
