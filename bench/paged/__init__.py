"""How heavy pages are, how soon they can be used, and how long the service takes for them."""
