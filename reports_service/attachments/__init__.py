"""Pictures that come with reports: taken in, inspected, worked on, served. Knows files, not reports."""
