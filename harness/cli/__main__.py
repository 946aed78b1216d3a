"""``python -m harness.cli`` is ``ga-synth``."""

from harness.cli.main import run

run()
