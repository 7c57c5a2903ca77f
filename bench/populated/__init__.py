"""A province of any size for measuring: ten years of reports, made in columns, written in bulk."""
