"""Working together, in JSON: a module for each one of ``views``."""
