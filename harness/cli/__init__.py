"""The commands: thin, each a few lines over the rooms below."""
