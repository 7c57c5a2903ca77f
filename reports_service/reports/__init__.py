"""Reports through their life: filing, assignments, clocks, events."""
