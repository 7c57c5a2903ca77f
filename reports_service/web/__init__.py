"""Pages for people: what the links in notices open. They need no script."""
