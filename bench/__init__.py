"""Benchmarks: `bin/bench NAME`. Each compares with a floor measured in the same run."""
