"""What trials are measured by, one measure a file."""
