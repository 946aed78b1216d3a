"""What is written about a comparison: terminal output, report, data frames, MLflow summary."""
