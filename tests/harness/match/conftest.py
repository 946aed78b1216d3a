"""A short sound to match, and a bank small enough to be made in a moment."""

import pytest

from harness.match.options import MatchOptions
from synth.sound import flac_bytes
from synth.subtractive.parameters import SPACE
from synth.subtractive.voice import Subtractive

RATE, SAMPLES = 16_000, 4_800
TUNED = {"noise_level": 0.0, "osc_fm": 0.0, "osc_mix": 0.0, "bend": 0.0, "vibrato_pitch": 0.0}
LOUD = {"onset": 0.0, "length": 4.0, "amp_attack": 0.002, "level": 0.5, "tremolo_amp": 0.0}


def voice(note=57.0, **values):
    """A clear note of the built-in voice, shape (samples,)."""
    genome = SPACE.genome(**{**TUNED, **LOUD, "note": note, "cutoff": 3_000.0, **values})
    genome[SPACE.index("amp_sustain")] = 1.0
    return Subtractive(RATE, SAMPLES).render(genome[None])[0]


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory):
    """Keeps the banks of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GA_SYNTH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def sound(tmp_path):
    """A sound file of a clear note at 220 Hz."""
    path = tmp_path / "a note.flac"
    path.write_bytes(flac_bytes(voice(), RATE))
    return path


@pytest.fixture
def asked(tmp_path):
    """Makes options that are quick."""

    def make(**changes):
        given = {"bank": 256, "budget": 150, "out": tmp_path / "matches"}
        return MatchOptions(**(given | changes))

    return make


class Recorded:
    """Notes what it is told."""

    def __init__(self, after_round=lambda renders: None):
        self.rounds, self.heard, self.banks, self.alternatives = [], [], [], []
        self.notes, self.firsts, self._after_round = [], [], after_round

    def begun(self, plan, heard, notes):
        self.notes = list(notes)

    def bank(self, ready, of):
        self.banks.append((ready, of))

    def bank_waits(self, maker):
        self.banks.append(maker)

    def first(self, renders, of):
        self.firsts.append((renders, of))

    def round(self, renders, best):
        self.rounds.append((renders, best))
        self._after_round(renders)

    def heard_again(self, heard):
        self.heard.append(heard)

    def alternative(self, number, tried):
        self.alternatives.append((number, tried))


@pytest.fixture
def recorded():
    """Makes something that notes what a match says."""
    return Recorded
