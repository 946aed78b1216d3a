"""Choose the host of Pure Data."""

from typing import Any


def host(live: bool, **options: Any) -> Any:
    """Create a host: a running Pd, recorded through JACK, or Pd computed within the process."""
    if live:
        from synth.real.puredata.live import Live

        return Live(**options)
    from synth.real.puredata.offline import Offline

    return Offline(**options)
