"""One trial, without workers: what never changes, its state, its next jobs, and how it advances."""
