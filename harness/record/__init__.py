"""The journal on disk (the truth) and MLflow (its mirror)."""
