"""The host of a plug-in (VST3, VST2 or Audio Unit), in its own process."""

import contextlib
import ctypes
import sys
import tempfile
from pathlib import Path
from typing import Any

import dawdreamer
import numpy as np
from numpy.typing import NDArray

from synth.maps.model import Patch
from synth.real.forked import forked
from synth.real.plugin.midi_file import midi_file

_BLOCK = 512
_SETTLE_S = 0.5
_MOST_S = 60.0
_C = ctypes.CDLL(None if sys.platform != "win32" else "msvcrt")
# Parameters that hosts add to those of a plug-in, or that change many others at once.
_FOREIGN = ("MIDI Ch.", "Current Program", "Bypass")


class Host:
    """A plug-in that plays patches.

    Args:
        path: path of the plug-in.
        start: the preset that every render starts from; none if empty.
        fresh: the reset method before a render; see ``synth.real.plugin.plugin``.
        channel: 0 is left, 1 is right.
        preroll: seconds of silence before the note, in which changed knobs settle.

    Raises:
        ValueError: if it cannot be loaded.
    """

    def __init__(self, path: str, start: str, fresh: str, channel: int, preroll: float) -> None:
        self._path, self._start, self._fresh = path, start, fresh
        self._channel, self._preroll = channel, preroll
        self._rate = 0
        self._engine: Any = None
        self._plugin: Any = None
        self._positions: dict[str, int] = {}
        self._load(44_100)

    def about(self) -> dict[str, Any]:
        """Return its name, buses, and parameters with their present values."""
        rows = self._plugin.get_parameters_description()
        return {
            "name": Path(self._path).stem,
            "count": len(rows),
            "inputs": self._plugin.get_num_input_channels(),
            "outputs": self._plugin.get_num_output_channels(),
            "parameters": [
                {
                    "name": name,
                    "value": float(self._plugin.get_parameter(at)),
                    "steps": steps if 2 <= (steps := int(rows[at]["numSteps"])) <= 128 else 0,
                    "unit": str(rows[at]["label"]),
                    "low": str(rows[at]["min"]),
                    "high": str(rows[at]["max"]),
                }
                for name, at in self._positions.items()
            ],
        }

    def play(self, patch: Patch, sample_rate: int, samples: int) -> NDArray[np.float32]:
        """Render a patch, shape (samples,)."""
        if sample_rate != self._rate or self._fresh == "reload":
            self._load(sample_rate)
        if self._fresh == "fork":
            return forked(lambda: self._rendered(patch, samples), _MOST_S)
        return self._rendered(patch, samples)

    def state(self, patch: Patch) -> bytes:
        """Return the plug-in's state with the controls of a patch, as it saves it."""
        self._set(patch)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state"
            self._plugin.save_state(str(path))
            written = path.read_bytes()
        # Renders start from the loaded state, not from this one.
        self._load(self._rate)
        return written

    def _load(self, sample_rate: int) -> None:
        engine = dawdreamer.RenderEngine(sample_rate, _BLOCK)
        try:
            plugin = engine.make_plugin_processor("synth", self._path)
        except RuntimeError as error:
            line = str(error).strip().split("\n")[0]
            raise ValueError(f"plug-in {self._path}: cannot be loaded: {line}") from None
        if self._start:
            self._load_preset(plugin)
        engine.load_graph([(plugin, [])])
        self._engine, self._plugin, self._rate = engine, plugin, sample_rate
        self._positions = {}
        for row in plugin.get_parameters_description():
            name, at = str(row["name"]), int(row["index"])
            if not name.startswith(_FOREIGN):
                self._positions[f"{name} #{at}" if name in self._positions else name] = at

    def _load_preset(self, plugin: Any) -> None:
        load = plugin.load_vst3_preset if self._start.endswith("preset") else plugin.load_preset
        with contextlib.suppress(RuntimeError):
            if load(self._start) is not False:
                return
        raise ValueError(
            f"preset {self._start}: the plug-in cannot load it; allowed: a preset of this plug-in"
        )

    def _set(self, patch: Patch) -> None:
        for name, value in patch.controls.items():
            at = int(name[1:]) if name.startswith("#") else self._positions[name]
            self._plugin.set_parameter(at, value)

    def _rendered(self, patch: Patch, samples: int) -> NDArray[np.float32]:
        # Noise and plucked strings often use the random numbers of the C library.
        _C.srand(1)
        self._set(patch)
        plugin, rate = self._plugin, self._rate
        plugin.clear_midi()
        if self._fresh == "settle":
            self._engine.render(_SETTLE_S)
        onset = self._preroll + patch.onset
        if patch.wheel:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "note.mid"
                path.write_bytes(
                    midi_file(patch.key, patch.velocity, patch.wheel, onset, patch.length)
                )
                plugin.load_midi(str(path), clear_previous=True, beats=False, all_events=True)
        else:
            plugin.add_midi_note(patch.key, patch.velocity, onset, patch.length)
        skipped = round(self._preroll * rate) + int(plugin.get_latency_samples())
        self._engine.render((skipped + samples + 1) / rate)
        audio = self._engine.get_audio()
        channel = min(self._channel, len(audio) - 1)
        return np.array(audio[channel, skipped : skipped + samples], dtype=np.float32)
