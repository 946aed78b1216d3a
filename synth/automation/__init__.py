"""Automation of knobs over time, read from where it was drawn."""
