"""The built-in synth: two oscillators, noise, a filter, three envelopes, two LFOs."""
