"""What searches: agents, what they exchange, and their algorithms. Knows genes, never sound."""
