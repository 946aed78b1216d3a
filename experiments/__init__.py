"""The comparisons that ship, and the sounds they use; ``ga-synth list`` names them."""
