"""Pages of those who work on reports: the queue, a report on one page, own notices."""
