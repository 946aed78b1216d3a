"""One conformance suite over every plug-in: what the harness counts on, checked in seconds."""

from harness.run.conformance.suite import Finding, findings

__all__ = ["Finding", "findings"]
