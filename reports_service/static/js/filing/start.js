// The form of a report becomes one step after another.
