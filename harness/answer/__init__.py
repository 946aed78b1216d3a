"""Measures, statistics, answers and the report."""
