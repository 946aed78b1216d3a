"""Statistics: numbers in, numbers and verdicts out. Knows nothing else of the project."""
