"""Statistics: numbers in, numbers and verdicts out. Independent of the rest of the project."""
