"""Maps that ship, and what a map is."""
