"""What ``bin/bench statistics`` is made of: asking, counting straight, changing, verifying."""
