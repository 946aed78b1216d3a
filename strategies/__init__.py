"""Strategies: agents, what they exchange, and their searches. They see genes, never sound."""
