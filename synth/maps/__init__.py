"""The map format, and the maps that ship with ga-synth."""
