"""Pure Data without a clock: pitch, time, and the same bytes whatever was played before."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from synth.real.puredata.puredata import PureData

pytestmark = pytest.mark.usefixtures("computed")


@pytest.fixture
def sine(pd_patch):
    """The synth of a sine that is there from its first sample to the block of its end."""

    def made(sample_rate=44_100, samples=44_100, **options):
        return PureData(sample_rate, samples, **{**pd_patch("sine"), **options})

    return made


def test_everything_the_harness_counts_on():
    from harness.conformance import findings

    found = list(findings("synth", PureData))
    assert [(f.name, f.detail) for f in found if not f.passed] == []
    assert any(f.detail == "exact" for f in found)


@pytest.mark.parametrize("sample_rate", [8_000, 25_000, 44_100, 48_000, 96_000, 192_000])
def test_pitch_at_every_sample_rate(sine, cents_off, sample_rate):
    synth = sine(sample_rate, sample_rate)
    for key in (45, 60.37, 83.9):
        genome = synth.space.genome(pitch=key, onset=0, length=2, level=1)
        assert abs(cents_off(synth.render(genome[None])[0], sample_rate, key)) < 2


@pytest.mark.parametrize("name", ["pd-subtractive", "pd-fm"])
def test_the_shipped_patches_are_in_tune(cents_off, name):
    synth = PureData(44_100, 44_100, map=name)
    plain = {"osc1_shape": 0, "osc2_shape": 0, "mix": 0, "noise": 0, "resonance": 0, "sweep": 0,
             "wah": 0, "index2": 0, "index3": 0, "vibrato": 0, "bend": 0, "onset": 0, "length": 4,
             "sustain": 1, "cutoff": 12_000}  # fmt: skip
    for key in (48, 69.25):
        values = {k: v for k, v in plain.items() if k in synth.space.names}
        genome = synth.space.genome(pitch=key, **values)
        assert abs(cents_off(synth.render(genome[None])[0], 44_100, key)) < 2


@pytest.mark.parametrize("name", ["pd-subtractive", "pd-fm"])
def test_random_patches_mostly_sound(name):
    synth = PureData(22_050, 11_025, map=name)
    genomes = np.random.default_rng(3).random((30, len(synth.space)))
    peaks = np.abs(synth.render(genomes)).max(axis=1)
    assert (peaks > 1e-3).mean() > 0.85
    assert peaks.max() < 3


def test_a_note_starts_at_its_sample(sine):
    synth = sine(samples=20_000)
    genome = {"pitch": 60, "length": 2, "level": 1}
    for onset in (0, 1, 63, 64, 65, 4_410, 12_345):
        sound = synth.render(synth.space.genome(onset=onset / 44_100, **genome)[None])[0]
        assert np.flatnonzero(sound)[0] == onset
        assert np.abs(sound).max() == pytest.approx(100 / 127, rel=1e-3)


def test_a_note_ends_within_half_a_block(sine):
    synth = sine(samples=20_000)
    for length in (0.01, 0.1, 0.25):
        genome = synth.space.genome(pitch=60, onset=0.05, length=length, level=1)
        last = np.flatnonzero(synth.render(genome[None])[0])[-1] + 1
        assert abs(last - (0.05 + length) * 44_100) <= 33


def test_a_longer_sound_begins_with_the_shorter(sine):
    genome = np.full((1, 4), 0.4)
    short, long = (sine(samples=n).render(genome)[0] for n in (5_001, 20_000))
    assert short.tobytes() == long[:5_001].tobytes()


def test_a_note_after_the_end_is_silent(sine):
    synth = sine(samples=1_000)
    genome = synth.space.genome(pitch=60, onset=0.5, length=1, level=1)
    assert not synth.render(genome[None]).any()


def test_noise_that_nothing_seeds_is_the_same_in_any_order(pd_patch):
    genomes = np.random.default_rng(0).random((6, 4))

    def made():
        return PureData(44_100, 30_000, channel="right", **pd_patch("noise"))

    sounds = made().render(genomes)
    assert np.abs(sounds).max() > 0.1
    assert made().render(genomes[::-1])[::-1].tobytes() == sounds.tobytes()
    other = made()
    other.close()
    assert other.render(genomes[2:3]).tobytes() == sounds[2:3].tobytes()


def test_two_beside_each_other_do_not_disturb(sine, pd_patch):
    genomes = np.random.default_rng(1).random((4, 4))
    one, other = sine(), PureData(22_050, 9_000, channel="right", **pd_patch("noise"))
    wanted = one.render(genomes), other.render(genomes)
    one, other = sine(), PureData(22_050, 9_000, channel="right", **pd_patch("noise"))
    for i in (3, 0, 2, 1):
        assert one.render(genomes[i : i + 1]).tobytes() == wanted[0][i].tobytes()
        assert other.render(genomes[i : i + 1]).tobytes() == wanted[1][i].tobytes()


def test_killed_it_only_costs_time(sine):
    genomes = np.random.default_rng(2).random((2, 4))
    wanted = sine().render(genomes)
    synth = sine()
    synth.render(genomes[:1])
    os.kill(synth.child.pid, signal.SIGKILL)
    assert synth.render(genomes).tobytes() == wanted.tobytes()


def test_a_patch_that_runs_away_stays_finite(pd_patch):
    options = pd_patch("sine", lambda text: text.replace("*~ 1;", "*~ 1e+30;").replace(
        "#X connect 7 0 8 0;\n",
        "#X obj 10 300 *~ 1e+30;\n#X connect 7 0 9 0;\n#X connect 9 0 8 0;\n",
    ).replace("#X connect 6 0 7 1;\n", ""))  # fmt: skip
    sound = PureData(44_100, 4_410, **options).render(np.full((1, 4), 0.1))
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() == 100


def test_planned_it_knows_the_patch_as_it_stands(pd_patch, tmp_path):
    options = {**_defaults(), **pd_patch("noise"), "patch": "noise.pd", "channel": "right"}
    plan = PureData.planned(options, tmp_path)
    assert plan["patch"] == str(tmp_path / "noise.pd")
    assert plan["fresh"] == "fork"
    assert PureData.planned(plan, tmp_path / "elsewhere") == plan
    # An abstraction that it uses is a part of it.
    hiss = tmp_path / "hiss.pd"
    hiss.write_text(hiss.read_text().replace("noise~", "osc~ 440"), encoding="utf-8")
    again = PureData.planned(options, tmp_path)
    assert again["digest"] != plan["digest"]
    with pytest.raises(ValueError, match=r"noise\.pd: was changed since the comparison began"):
        PureData(44_100, 100, **plan).render(np.full((1, 4), 0.5))
    assert np.abs(PureData(44_100, 9_000, **again).render(np.full((1, 4), 0.3))).max() > 0.1


def test_changed_during_a_run_it_is_refused(pd_patch):
    options = {**pd_patch("sine"), "fresh": "reopen"}
    genomes = np.random.default_rng(5).random((2, 4))
    synth = PureData(44_100, 900, **options)
    synth.render(genomes[:1])
    file = Path(options["patch"])
    text = file.read_text(encoding="utf-8")
    # Written again as it was, it is the same patch.
    os.utime(file, ns=(1, 1))
    synth.render(genomes)
    file.write_text(text.replace("mtof", "/ 2"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"sine\.pd: was changed since the comparison began"):
        synth.render(1 - genomes)


def test_a_path_of_any_letters(pd_patch, tmp_path):
    options = pd_patch("sine")
    folder = tmp_path / "my patches, näch stes; $1"
    folder.mkdir()
    path = Path(options["patch"]).rename(folder / "ein ton.pd")
    synth = PureData(44_100, 900, **{**options, "patch": str(path)})
    synth.verify()
    assert synth.render(np.full((1, 4), 0.01)).any()


@pytest.mark.parametrize("name", ["subtractive", "fm"])
def test_planned_a_shipped_patch_keeps_its_name_and_is_opened_anew(tmp_path, name):
    plan = PureData.planned({**_defaults(), "map": f"pd-{name}"}, tmp_path)
    assert plan["patch"] == name
    assert len(plan["digest"]) == 64
    assert (plan["fresh"], plan["exact"]) == ("reopen", True)


def test_planned_noise_that_nothing_seeds_is_played_by_a_copy(pd_patch, tmp_path):
    options = {**_defaults(), **pd_patch("noise"), "channel": "right"}
    plan = PureData.planned(options, tmp_path)
    assert (plan["fresh"], plan["exact"]) == ("fork", True)
    # Who insists on the quicker way is told what it costs.
    plan = PureData.planned({**options, "fresh": "reopen"}, tmp_path)
    synth = PureData(44_100, 9_000, **plan)
    assert (synth.repeatability, plan["exact"]) == ("history", False)


def test_either_way_of_beginning_afresh_gives_the_same_bytes():
    genomes = np.random.default_rng(4).random((20, 24))
    copied, opened, again = (
        PureData(44_100, 15_000, fresh=way).render(genomes[::step])[::step]
        for way, step in (("fork", 1), ("reopen", 1), ("reopen", -1))
    )
    assert copied.tobytes() == opened.tobytes() == again.tobytes()


def _defaults():
    from harness.plan.options import option_defaults

    return option_defaults(PureData)
