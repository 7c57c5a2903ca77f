"""What the benchmark of overload is made of: those who ask, what they met."""
