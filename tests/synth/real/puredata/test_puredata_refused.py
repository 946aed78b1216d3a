"""What does not fit is refused in one line that names it and what mends it."""

import re

import pytest

from synth.real.parts import Part
from synth.real.puredata.offline import Offline
from synth.real.puredata.puredata import PureData


@pytest.fixture
def refused(parts, pd_patch, tmp_path):
    """Plan a synth that has to be refused; gives the line."""
    parts("cypd")

    def line(change=str, **options):
        from harness.plan.options import option_defaults

        given = {**option_defaults(PureData), **pd_patch("sine", change), **options}
        with pytest.raises(ValueError, match=r"\S") as caught:
            PureData.planned(given, tmp_path)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return line


def test_a_patch_that_is_not_there(refused, tmp_path):
    assert refused(patch="sin.pd") == (
        f"patch {tmp_path}/sin.pd: no such file; did you mean 'sine.pd'?"
    )
    assert "no such file" in refused(patch="nowhere/sine.pd")


def test_a_name_that_does_not_ship(refused):
    assert refused(patch="substractive") == (
        "patch 'substractive': did you mean 'subtractive'?, or a .pd file"
    )


def test_no_patch_at_all(refused):
    line = refused(patch="")
    assert line.startswith("patch: is missing")
    assert line.endswith("fm, subtractive")


def test_a_file_that_is_no_patch(refused):
    assert "sine.pd: not a Pd patch" in refused(lambda text: "RIFF")


def test_objects_that_pd_does_not_have(refused):
    line = refused(lambda text: text + "#X obj 5 5 freeverb~ 3;\n#X obj 5 5 my-voice;\n")
    assert line.startswith("patch sine.pd: Pd has no object [freeverb~ 3], [my-voice]; put")


def test_a_control_that_it_does_not_receive(refused):
    line = refused(lambda text: text.replace("r /level", "r /levels"))
    assert line == "patch sine.pd: has no [receive /level]; did you mean '/levels'?"


def test_a_fixed_control_that_it_does_not_receive(refused, pd_patch):
    own = {**pd_patch("sine")["map"], "fixed": {"/filter/cutoff": 800.0}}
    assert refused(map=own).endswith("no [receive /filter/cutoff]; allowed: /level, /note")


def test_a_patch_without_notes(refused):
    line = refused(lambda text: text.replace("r /note", "r note"))
    assert line == (
        "patch sine.pd: has no [receive /note]; every patch needs one, for key and velocity"
    )


def test_a_silent_patch(refused):
    line = refused(lambda text: text.replace("#X connect 7 0 8 0;\n", ""))
    assert re.search(r"silent in 8 notes; .*\[receive /note\] .*\[dac~ 1\]", line)
    assert "[dac~ 2]" in refused(channel="right")


def test_a_port_out_of_range(refused):
    assert refused(port=70_000).startswith("port 70000; allowed: 1 to 65,535")


def test_parts_that_are_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(Part, "there", property(lambda part: False))
    assert PureData.missing() == "needs cypd: make parts"
    with pytest.raises(ValueError, match="needs cypd: make parts"):
        Offline(str(tmp_path / "sine.pd"), "", [], 0, fresh="fork", sample_rate=44_100)


def test_played_live_it_needs_no_cypd(monkeypatch, tmp_path):
    from synth.real.puredata.live import Live

    monkeypatch.setattr(Part, "there", property(lambda part: part.name != "cypd"))
    assert PureData.missing() == ""
    monkeypatch.setattr(Part, "there", property(lambda part: part.name == "cypd"))
    assert PureData.missing() == ""
    with pytest.raises(ValueError, match=r"needs python-osc, JACK-Client, JACK, Pure Data: "):
        Live(str(tmp_path / "sine.pd"), "", [], 0, 0)
