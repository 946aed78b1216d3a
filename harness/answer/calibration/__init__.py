"""The test of the instrument itself on a comparison's own trials."""
