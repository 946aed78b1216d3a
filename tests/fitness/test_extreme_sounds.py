"""No float32 sound, loud or quiet, may crash a fitness; tested in a process of their own."""

import json
import subprocess
import sys
from importlib.metadata import entry_points

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fitness import f0_kernels
from fitness.base import LOUDEST_TARGET
from fitness.f0 import f0_track, median_f0
from fitness.waveform import Waveform

NAMES = sorted(entry.name for entry in entry_points(group="ga_synth.fitness"))
LARGEST = float(np.finfo(np.float32).max)
# Enough samples for one frame of every fitness, and for many blocks and frames.
SAMPLES = [1, 2, 50, 3_000, 20_000]

SCRIPT = """
import json, sys
from importlib.metadata import entry_points
import numpy as np

largest = float(np.finfo(np.float32).max)


def all_distances(name, options):
    (entry,) = entry_points(group="ga_synth.fitness", name=name)
    random = np.random.default_rng(1)
    for samples in json.loads(sys.argv[2]):
        shapes = [
            np.cos(2 * np.pi * 220 * np.arange(samples) / 44_100),
            random.uniform(-1, 1, samples),
            np.sign(random.standard_normal(samples)),
            np.eye(1, samples, samples // 2)[0],
            np.ones(samples),
            np.where(np.arange(samples) % 100 < 50, 1.0, 1e-40),
        ]
        scales = 1e-45, 1e-40, 1e-20, 1e12, 1e17, 1e19, 1e30, 3e38, largest
        sounds = np.clip([scale * shape for shape in shapes for scale in scales], -largest, largest)
        fitness = entry.load()(shapes[0], 44_100, **options)
        yield [str(distance) for distance in fitness(sounds.astype(np.float32))]


for name, options in json.loads(sys.argv[1]).items():
    try:
        print(json.dumps(list(all_distances(name, options))), flush=True)
    except Exception as error:
        print(json.dumps(repr(error)), flush=True)
"""
OPTIONS = {"weighted": {"parts": {"pitch": 1.0, "multi_scale_spectral": 2.0}}}


@pytest.fixture(scope="module")
def extremes():
    """What each fitness said in the other process: distances, or why there are none."""
    found, left = {}, list(NAMES)
    while left:
        asked = json.dumps({name: OPTIONS.get(name, {}) for name in left})
        command = [sys.executable, "-W", "ignore", "-c", SCRIPT, asked, json.dumps(SAMPLES)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        said = [json.loads(line) for line in ran.stdout.splitlines()]
        found |= dict(zip(left, said, strict=False))
        left = left[len(said) :]
        # The next in line took the process along; those after it get another.
        if left:
            found[left.pop(0)] = f"exit code {ran.returncode}: {ran.stderr[-2_000:]}"
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_distance_of_an_extreme_sound_is_a_number_or_infinity(name, extremes):
    assert isinstance(extremes[name], list), extremes[name]
    distances = np.array(extremes[name]).astype(np.float64)
    assert distances.shape == (len(SAMPLES), 54)
    assert not np.isnan(distances).any()
    assert (distances >= 0).all()


def test_a_target_whose_spectrum_would_overflow_is_refused():
    with pytest.raises(ValueError, match=r"peak of 1e\+17"):
        Waveform([0.0, 1e17], 44_100)
    assert Waveform([0.0, LOUDEST_TARGET], 44_100)([[0.0, LOUDEST_TARGET]]) == 0


@settings(max_examples=200, deadline=None)
@given(
    arrays(np.float32, st.integers(1, 3_000), elements=st.floats(-LARGEST, LARGEST, width=32)),
    st.sampled_from([8_000, 44_100, 192_000]),
)
def test_the_pitch_of_any_finite_sound_is_finite(sound, sample_rate):
    track = f0_track(sound, sample_rate)
    assert np.isfinite(track.f0).all()
    assert np.isfinite(track.energy).all()
    assert ((track.clarity >= 0) & (track.clarity <= 1)).all()


@pytest.mark.parametrize("scale", [1e-12, 1e9, 1e17, 1e30, 3e38])
def test_pitch_does_not_depend_on_the_scale(scale):
    t = np.arange(20_000) / 44_100
    assert median_f0(scale * np.sin(2 * np.pi * 220 * t), 44_100) == pytest.approx(220, rel=1e-3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_broken_sample_has_no_pitch(value):
    with pytest.raises(ValueError, match="NaN or infinity"):
        f0_track([0.0, value, 1.0], 44_100)


EXTREMES = st.sampled_from(
    [0.0, 1.0, -1.0, 1e-45, 1e-38, -1e17, 1e19, 1e30, LARGEST, -LARGEST, np.nan, np.inf, -np.inf]
)


@settings(max_examples=300, deadline=None)
@given(
    arrays(np.float32, (3, 40), elements=EXTREMES), arrays(np.float32, (3, 15), elements=EXTREMES)
)
def test_the_pitch_kernels_take_any_float(frames, correlations):
    f0_kernels.frame_powers(frames[0], np.array([0, 20]), 30)
    f0_kernels.decimate(frames[0], np.ones(5, np.float32), 2)
    f0_kernels.cut_frames(frames[0], np.array([0, 10]), 30, 40)
    period, clarity, _ = f0_kernels.periods(frames, 30, correlations, 0.9)
    assert not (np.isinf(period) | (period < 0)).any()
    assert ((clarity >= 0) & (clarity <= 1)).all()


def test_no_lags_no_period():
    period, clarity, _ = f0_kernels.periods(
        np.full((1, 1), np.nan, np.float32), 1, np.empty((1, 0), np.float32), 0.9
    )
    assert period.tolist() == clarity.tolist() == [0.0]
