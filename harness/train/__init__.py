"""Training networks: on Ray, kept by key, and what they propose for targets."""
