"""One conformance suite over every plug-in: what the harness counts on, checked in seconds."""

from harness.conformance.suite import Finding, findings

__all__ = ["Finding", "findings"]
