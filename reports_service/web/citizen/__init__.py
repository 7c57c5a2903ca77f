"""Pages of citizens: filing, following, what waits on the device."""
