import os
import signal
import stat
import warnings
from pathlib import Path

import numpy as np
import pytest

from harness.conformance import findings
from synth.real.freshness import WAYS, leak
from synth.real.plugin.plugin import Plugin, digest_of, found_plugin, version_of

RATE = 44_100
# One oscillator, a saw, held.
HELD = {"osc1_waveform": 0.5, "osc_mix": 0, "osc1_pulsewidth": 1, "filter_cutoff": 1,
        "amp_sustain": 1, "amp_attack": 0, "amp_release": 0.1}  # fmt: skip


def held(**note):
    return {
        "synth": "plugin",
        "note": {"pitch": {"low": 57, "high": 81}, "bend": 2, "length": 2.0, **note},
        "fixed": HELD,
    }


@pytest.fixture(scope="module")
def amsynth(parts, plugin):
    parts("DawDreamer")
    return plugin("amsynth_vst.so")


@pytest.fixture(scope="module")
def kars(parts, plugin):
    parts("DawDreamer")
    return plugin("Kars.vst3")


@pytest.fixture(scope="module")
def options(amsynth):
    """amsynth with the map that ships, as planned."""
    return Plugin.planned(defaults(path=amsynth, map="amsynth-plugin"), Path())


def defaults(**given):
    return {
        "channel": "left",
        "preroll": 0.1,
        "fresh": "auto",
        "exact": False,
        "digest": "",
    } | given


def genomes(synth, count=6):
    return np.random.default_rng(5).random((count, len(synth.space)))


@pytest.mark.parametrize("pitch", [57, 60.5, 69, 69.25, 81])
def test_it_is_in_tune_also_between_keys(amsynth, pitch_of, pitch):
    synth = Plugin(RATE, RATE, path=amsynth, map=held(), fresh="fork")
    sound = synth.render([[(pitch - 57) / 24]])[0]
    found = pitch_of(sound[4_410:], RATE, pitch - 2, pitch + 2)
    assert found == pytest.approx(pitch, abs=0.02)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_every_rate_is_played_natively(amsynth, pitch_of, rate):
    synth = Plugin(rate, rate, path=amsynth, map=held(), fresh="fork")
    sound = synth.render([[0.5]])[0]
    assert pitch_of(sound[rate // 10 :], rate, 67, 71) == pytest.approx(69, abs=0.02)


def test_a_note_starts_where_it_is_told(amsynth):
    starts = []
    for onset in (0.0, 0.0123, 0.1):
        synth = Plugin(RATE, RATE // 2, path=amsynth, map=held(onset=onset), fresh="fork")
        starts.append(int(np.argmax(np.abs(synth.render([[0.5]])[0]) > 1e-4)))
    assert np.diff(starts).tolist() == pytest.approx([0.0123 * RATE, 0.0877 * RATE], abs=1)
    assert starts[0] < 50


def test_a_string_of_noise_is_the_same_in_every_process(kars):
    # Its noise is made of C's random numbers.
    made = {"synth": "plugin", "note": {"pitch": {"low": 48, "high": 72}, "length": 0.4}}
    synth = Plugin(RATE, RATE // 2, path=kars, map=made, fresh="fork")
    sound = synth.render([[0.5]])
    synth.close()
    again = Plugin(RATE, RATE // 2, path=kars, map=made, fresh="fork")
    assert np.array_equal(again.render([[0.5]]), sound)


def test_a_plug_in_that_remembers_is_found_out(amsynth, options):
    def made(way):
        return lambda: Plugin(RATE, RATE // 2, **{**options, "fresh": way})

    found = {way: leak(made(way)) for way in ("none", *WAYS)}
    assert found["none"] > 0.01
    assert found[options["fresh"]] == min(found.values())
    assert options["exact"] == (min(found.values()) == 0)
    # Its noise goes on through every instance of a process, but not through copies of one.
    assert "fork" not in found or found["fork"] == 0


def test_it_conforms(options):
    made = type("Made", (Plugin,), {"example": options, "__doc__": Plugin.__doc__})
    for finding in findings("synth", made):
        assert finding.passed, finding


def test_a_crash_in_the_middle_costs_nothing_but_time(options):
    synth = Plugin(RATE, RATE // 4, **options)
    many = genomes(synth)
    whole = synth.render(many)
    other = Plugin(RATE, RATE // 4, **options)
    first = other.render(many[:3])
    os.kill(other.child.pid, signal.SIGSEGV)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rest = other.render(many[3:])
    assert np.array_equal(np.concatenate([first, rest]), whole)


def test_its_own_state_lies_beside_the_sound_and_leaves_no_trace(options):
    synth = Plugin(RATE, RATE // 4, **options)
    many = genomes(synth)
    first = synth.render(many[:1])
    files = synth.settings(many[1])
    assert len(files["state"]) > 100
    assert files["state"] != synth.settings(many[2])["state"]
    again = Plugin(RATE, RATE // 4, **options)
    assert np.array_equal(again.render(many[:1]), first)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"path": "amsynth_vts.so"}, ["no such file", "'amsynth_vst.so'"]),
        ({"map": {**held(), "fixed": {"osc_mx": 1}}}, ["has no parameter 'osc_mx'", "'osc_mix'"]),
        ({"map": {**held(), "fixed": {"osc_mix": 2}}}, ["osc_mix 2", "0 to 1"]),
        ({"map": {**held(), "of": {"name": "Massive"}}}, ["is for plug-in 'Massive'"]),
        (
            {"map": {**held(), "of": {"name": "amsynth_vst", "version": "9"}}},
            ["amsynth_vst 9", "this is unknown"],
        ),
        ({"map": {**held(), "fixed": {"master_vol": 0}}}, ["no sound of"]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(amsynth, changes, words):
    with pytest.raises(ValueError, match=" ") as caught:
        Plugin.planned(defaults(path=amsynth, map=held()) | changes, Path())
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line


def test_an_effect_is_refused(parts, plugin):
    parts("DawDreamer")
    made = {"synth": "plugin", "genes": {"low": {"section": "filter", "to": "Low"}}}
    with pytest.raises(ValueError, match="an effect, or a silent map"):
        Plugin.planned(defaults(path=plugin("3BandEQ.vst3"), map=made), Path())


def test_files_that_are_no_plug_ins_are_refused(tmp_path):
    text = tmp_path / "readme.txt"
    text.write_text("no plug-in")
    with pytest.raises(ValueError, match=r"readme\.txt: .*allowed: \.vst3"):
        found_plugin("readme.txt", tmp_path)
    (tmp_path / "Other.vst3" / "Contents" / "arm-beos").mkdir(parents=True)
    with pytest.raises(ValueError, match="is built for arm-beos; this machine needs"):
        found_plugin("Other.vst3", tmp_path)


def test_a_library_that_is_no_plug_in_is_refused(parts, tmp_path):
    parts("DawDreamer")
    fake = tmp_path / "fake.so"
    fake.write_bytes(b"\x7fELF nothing")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(ValueError, match=r"fake\.so: cannot be loaded"):
        Plugin.planned(defaults(path=str(fake), map=held()), Path())


def test_a_plug_in_that_has_changed_is_another(options, tmp_path):
    with pytest.raises(ValueError, match="has changed since"):
        Plugin(RATE, RATE, **{**options, "digest": "0123456789abcdef"})
    bundle = tmp_path / "A.vst3" / "Contents"
    bundle.mkdir(parents=True)
    (bundle / "moduleinfo.json").write_text('{"Version": "1.2.3"}')
    before = digest_of(tmp_path / "A.vst3")
    assert version_of(tmp_path / "A.vst3") == "1.2.3"
    (bundle / "moduleinfo.json").write_text('{"Version": "1.2.4"}')
    assert digest_of(tmp_path / "A.vst3") != before
