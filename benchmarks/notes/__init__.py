"""Writing on drawings: fits what finds it, and measures how well it is found and read."""
