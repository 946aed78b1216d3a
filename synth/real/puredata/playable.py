"""A Pd file that plays a found patch on MIDI notes: the patch itself, with its values filled in."""

import re
from pathlib import Path

from synth.maps.model import Patch
from synth.real.puredata.patch import NOTE

_DAC = re.compile(r"#X obj (-?\d+) (-?\d+) dac~((?: [\d.]+)*)(?:,[^;]*)?;")
_STEREO = ["1", "2"]
_APART = 60


def playable(path: Path, patch: Patch) -> bytes:
    """Return a Pd file that sets all controls when it is opened, and plays what [notein] receives.

    It turns audio on, plays one note at a time, is as loud as the match, and as far from the
    tempered key. Abstractions that the patch uses have to be in the folder of the new file too.

    Args:
        path: the Pd patch.
        patch: the values of its controls.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    quieter = _DAC.sub(lambda found: _with_gain(found, patch.gain), text)
    return f"{quieter.rstrip()}\n{_midi(patch)}".encode()


def _with_gain(dac: re.Match[str], gain: float) -> str:
    """Return a subpatch with the inlets of a [dac~], in its place, so that cords still fit."""
    channels = dac[3].split() or _STEREO
    count = len(channels)
    at = [20 + _APART * i for i in range(count)]
    lines = [
        "#N canvas 60 60 450 300 loudness 0;",
        *(f"#X obj {x} 20 inlet~;" for x in at),
        *(f"#X obj {x} 60 *~ {gain:.9g};" for x in at),
        f"#X obj 20 100 dac~ {' '.join(channels)};",
        *(f"#X connect {i} 0 {count + i} 0;" for i in range(count)),
        *(f"#X connect {count + i} 0 {2 * count} {i};" for i in range(count)),
        f"#X restore {dac[1]} {dac[2]} pd loudness;",
    ]
    return "\n".join(lines)


def _midi(patch: Patch) -> str:
    values = "".join(f" \\; {control} {value:.9g}" for control, value in patch.controls.items())
    return "\n".join(
        [
            "#N canvas 60 60 700 400 midi 0;",
            "#X text 20 15 Found by ga-synth: values are set on opening \\; MIDI notes play.;",
            "#X obj 20 50 notein;",
            "#X obj 20 80 poly 1 1;",
            f"#X obj 60 110 + {patch.pitch - patch.key:.9g};",
            "#X obj 60 140 pack f f;",
            f"#X obj 60 170 s {NOTE};",
            "#X obj 260 50 loadbang;",
            f"#X msg 260 80{values} \\; pd dsp 1;",
            "#X connect 1 0 2 0;",
            "#X connect 1 1 2 1;",
            "#X connect 2 1 3 0;",
            "#X connect 2 2 4 1;",
            "#X connect 3 0 4 0;",
            "#X connect 4 0 5 0;",
            "#X connect 6 0 7 0;",
            "#X restore 20 20 pd midi;",
            "",
        ]
    )
