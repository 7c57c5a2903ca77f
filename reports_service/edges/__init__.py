"""Where the service ends and the world begins: how often is enough, and what browsers may do."""
