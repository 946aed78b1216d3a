"""The mirror in MLflow: rebuilt from the journal at any time, and nothing depends on it."""
