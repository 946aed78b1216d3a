"""What trials are measured by, one measure per file."""
