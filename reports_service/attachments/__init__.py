"""Pictures: taken in, inspected, worked on, served. Knows files, not reports."""
