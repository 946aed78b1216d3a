"""Training: datasets, training runs on Ray, the store of trained networks and their proposals."""
