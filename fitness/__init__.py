"""Fitness functions: distances of candidate sounds from a target."""
