"""The host of Vital, in its own process, through its Python binding."""

import base64
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import vita
from numpy.typing import NDArray

from common.suggest import nearest
from synth.maps.model import Patch
from synth.real import forked

_MOST_S = 60.0
_FRAME = 2048
_SOURCES = vita.get_modulation_sources()
_DESTINATIONS = vita.get_modulation_destinations()


class Host:
    """Vital, reset for every patch.

    Args:
        start: a ``.vital`` preset; if empty, the initial preset with a wavetable of sine, triangle,
            saw and square.
        channel: 0 is left, 1 is right.
        connections: modulations, each as ``source > destination``.

    Raises:
        ValueError: if the preset cannot be loaded, or a source or destination is unknown.
    """

    def __init__(self, start: str, channel: int, connections: list[str]) -> None:
        self._channel, self._connections = channel, connections
        self._preset = Path(start).read_text("utf-8") if start else _plain_preset()
        self._where = start or "the initial preset"
        self._amounts: dict[str, str] = {}
        self._synth = self._made()
        self._rate = 44_100

    def about(self) -> dict[str, Any]:
        """Return its controls with their ranges."""
        details = {name: self._synth.get_control_details(name) for name in self._controls}
        return {
            "name": "Vital",
            "parameters": [
                {
                    "name": name,
                    "value": float(self._controls[name].value()),
                    "steps": round(detail.max - detail.min) + 1 if detail.is_discrete else 0,
                    "unit": detail.display_units.strip(),
                    "low": float(detail.min),
                    "high": float(detail.max),
                }
                for name, detail in details.items()
            ],
        }

    def play(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        """Render a patch, shape (samples,)."""
        if sample_rate != self._rate:
            self._synth.set_sample_rate(sample_rate)
            self._rate = sample_rate
        render = partial(self._rendered, patch, samples)
        if forked.AVAILABLE:
            return forked.forked(render, _MOST_S)
        sound = render()
        self._synth = self._made()
        self._synth.set_sample_rate(sample_rate)
        return sound

    def state(self, patch: Patch) -> bytes:
        """Return a patch as a ``.vital`` preset."""
        self._set(patch)
        preset = self._synth.to_json().encode()
        self._synth = self._made()
        self._synth.set_sample_rate(self._rate)
        return bytes(preset)

    def _made(self) -> Any:
        synth = vita.Synth()
        if not synth.load_json(self._preset):
            raise ValueError(f"preset {self._where}: damaged, or from a newer version of Vital")
        self._controls = synth.get_controls()
        free = iter(
            f"modulation_{i + 1}_amount"
            for i, one in enumerate(json.loads(synth.to_json())["settings"]["modulations"])
            if not one["source"]
        )
        for connection in self._connections:
            source, _, destination = (part.strip() for part in connection.partition(">"))
            for name, known in ((source, _SOURCES), (destination, _DESTINATIONS)):
                if name not in known:
                    raise ValueError(f"map: {connection!r}: {name!r}: {nearest(name, known)}")
            synth.connect_modulation(source, destination)
            self._amounts[connection] = next(free)
        return synth

    def _set(self, patch: Patch) -> None:
        for name, value in patch.controls.items():
            self._controls[self._amounts.get(name, name)].set(value)
        # The binding has no pitch wheel, so fractions of a semitone are set by the tuning.
        self._controls["voice_tune"].set(patch.detune)

    def _rendered(self, patch: Patch, samples: int) -> NDArray[np.float32]:
        self._set(patch)
        before = min(round(patch.onset * self._rate), samples)
        sound = np.zeros(samples, dtype=np.float32)
        if left := samples - before:
            # Half a sample more, because the binding rounds lengths down.
            seconds = (left + 0.5) / self._rate
            rendered = self._synth.render(patch.key, patch.velocity / 127, patch.length, seconds)
            sound[before:] = rendered[self._channel][:left]
        return sound


def _plain_preset() -> str:
    """Return the initial preset, with a wavetable of four classic waves in every oscillator."""
    turn = np.arange(_FRAME) / _FRAME
    waves = (
        np.sin(2 * np.pi * turn),
        2 / np.pi * np.arcsin(np.sin(2 * np.pi * turn)),
        1 - 2 * turn,
        np.where(turn < 0.5, 1.0, -1.0),
    )
    frames = [
        {
            "position": round(256 * i / (len(waves) - 1)),
            "wave_data": base64.b64encode(wave.astype("<f4").tobytes()).decode(),
        }
        for i, wave in enumerate(waves)
    ]
    preset: dict[str, Any] = json.loads(vita.Synth().to_json())
    for table in preset["settings"]["wavetables"]:
        table["name"] = "Sine to square"
        table["groups"][0]["components"][0]["keyframes"] = frames
    return json.dumps(preset)
