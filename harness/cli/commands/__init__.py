"""The commands of ``ga-synth``, one file each."""
