"""What other systems take: files of a period, and the changes as they happen."""
