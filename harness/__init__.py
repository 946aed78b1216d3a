"""What runs, records and answers comparisons; the only place with Ray, MLflow and commands."""
