"""What every package shares: errors, and the validation of files that people write."""
