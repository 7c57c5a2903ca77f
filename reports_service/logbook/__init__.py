"""The log of what staff did, read: found, shown, taken as a file, and checked entry by entry."""
