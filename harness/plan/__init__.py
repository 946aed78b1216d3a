"""From an experiment file to a validated comparison and its trials."""
