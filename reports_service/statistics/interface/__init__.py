"""What is asked for and answered under /stats: queries, JSON, and the same as spreadsheets."""
