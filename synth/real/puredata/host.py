"""The hosts of Pd, in the process that is theirs."""

from typing import Any


def host(live: bool, **options: Any) -> Any:
    """Make one: a running Pd that is heard through JACK, or Pd without a clock."""
    if live:
        from synth.real.puredata.live import Live

        return Live(**options)
    from synth.real.puredata.offline import Offline

    return Offline(**options)
