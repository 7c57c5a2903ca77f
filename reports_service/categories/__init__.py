"""What reports are about: a tree of two levels with questions of its own."""
