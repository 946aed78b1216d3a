"""The built-in voice: two oscillators, noise, a filter, three envelopes, two LFOs."""
