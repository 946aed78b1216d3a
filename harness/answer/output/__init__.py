"""What is written about a comparison: terminal, report, data frames, MLflow summary."""
