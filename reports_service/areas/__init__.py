"""Places: administrative areas with validity dates, which one holds a point, and addresses."""
