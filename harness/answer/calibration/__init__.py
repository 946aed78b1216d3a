"""Calibration: a test of the decision rule itself on a comparison's own trials."""
