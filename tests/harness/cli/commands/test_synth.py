"""Looking into real synthesizers from the command line."""

import contextlib
import json
import os
import signal
import threading
from pathlib import Path

import pytest
import yaml

from harness.api.load import load
from harness.record.journal import Journal
from synth.real.base import close_all
from synth.real.parts import PARTS, lacking
from synth.real.plugin.folders import plugins


@pytest.fixture(scope="module")
def amsynth():
    """The path of amsynth as a plug-in."""
    found = [str(path) for path in plugins() if path.name == "amsynth_vst.so"]
    reason = lacking(["DawDreamer"]) or ("" if found else "needs amsynth_vst.so: .ci/parts")
    if reason:
        (pytest.fail if os.environ.get("REQUIRE_REAL_PARTS") == "1" else pytest.skip)(reason)
    return found[0]


def test_doctor_says_what_is_there_and_what_installs_the_rest(ga_synth):
    done = ga_synth("doctor", "--json")
    found = json.loads(done.out)
    assert {part["name"]: part["there"] for part in found["parts"]} == {
        part.name: part.there for part in PARTS
    }
    assert all(part["remedy"] for part in found["parts"])
    assert found["synths"]["subtractive"] == ""
    told = ga_synth("doctor")
    assert told.code == 0
    assert all(part.name in told.out for part in PARTS)


def test_doctor_says_which_mode_of_a_rig_cannot_work(ga_synth, monkeypatch):
    monkeypatch.setattr("harness.cli.commands.doctor._asked", lambda what: "not asked")
    monkeypatch.setattr("synth.real.parts.importlib.util.find_spec", lambda name: name)
    monkeypatch.setattr("synth.real.parts.shutil.which", lambda name: name)
    monkeypatch.setattr("synth.real.parts.find_library", lambda name: None)
    modes = json.loads(ga_synth("doctor", "--json").out)["modes"]["rig"]
    assert modes["freewheel"] == ""
    assert "PortAudio" in modes["real time"]
    (line,) = [
        one for one in ga_synth("doctor").out.split("\n") if one.split()[:2] == ["rig", "synth"]
    ]
    assert "ready: freewheel; real time needs PortAudio" in " ".join(line.split())
    monkeypatch.setattr("synth.real.parts.shutil.which", lambda name: None)
    (line,) = [
        one for one in ga_synth("doctor").out.split("\n") if one.split()[:2] == ["rig", "synth"]
    ]
    assert "ready" not in line


def test_a_part_that_is_missing_is_said_with_its_remedy(ga_synth, mistaken, monkeypatch, tmp_path):
    monkeypatch.setattr("synth.real.parts.importlib.util.find_spec", lambda name: None)
    assert "missing: make parts" in ga_synth("doctor").out
    mistaken(["synth", "check-map", "vital"], "synth 'vital': needs vita: make parts")


def test_inspect_lists_parameters_and_writes_a_first_map(ga_synth, mistaken, amsynth, tmp_path):
    first = tmp_path / "first.yaml"
    done = ga_synth("synth", "inspect", amsynth, "--map", first)
    assert done.code == 0, done.err
    assert "filter_cutoff" in done.out
    written = yaml.safe_load(first.read_text())
    assert written["genes"]["filter_cutoff"] == {"section": "filter", "to": "filter_cutoff"}
    assert written["genes"]["lfo_freq"]["section"] == "modulation"
    assert written["genes"]["amp_attack"]["section"] == "envelope"
    assert "reverb_wet" in written["fixed"]
    checked = ga_synth(
        "synth", "check-map", "plugin", "--set", f"path={amsynth}", "--set", f"map={first}",
        "--patches", 1, "--seconds", 0.2, "--json",
    )  # fmt: skip
    rows = {row["name"]: row for row in json.loads(checked.out)}
    assert rows["filter_cutoff"]["section"] == "filter"
    # Its values are 0 to 1, whatever unit the plug-in has in mind.
    assert "unit" not in written["genes"]["amp_attack"]
    assert rows["gain"]["most_db"] > 10
    mistaken(["synth", "inspect", amsynth, "--map", first], "exists already")
    mistaken(["synth", "inspect", "amsynth_vts.so"], "no such file", "amsynth_vst.so")


def test_check_map_fails_over_a_knob_that_is_not_heard(ga_synth, amsynth, tmp_path):
    deaf = {
        "synth": "plugin",
        "genes": {
            "cutoff": {"section": "filter", "to": "filter_cutoff"},
            "glide": {"section": "pitch", "to": "portamento_time"},
        },
    }
    (tmp_path / "deaf.yaml").write_text(yaml.safe_dump(deaf))
    done = ga_synth(
        "synth", "check-map", "plugin", "--set", f"path={amsynth}",
        "--set", f"map={tmp_path / 'deaf.yaml'}", "--patches", 2, "--seconds", 0.2,
    )  # fmt: skip
    assert done.code == 1
    assert "glide" in done.out


def test_check_takes_options(ga_synth, amsynth):
    done = ga_synth("check", "plugin", "--set", f"path={amsynth}", "--set", "map=amsynth-plugin")
    assert done.code == 0, done.out
    assert "(33 parameters)" in done.out
    assert "class attribute example: path: is missing" in ga_synth("check", "plugin").out


def test_wrong_options_of_a_check_are_a_mistake_not_a_fault(mistaken, amsynth):
    mistaken(["check", "plugin", "--set", f"path={amsynth}"], "map: is missing")
    mistaken(
        ["check", "plugin", "--set", "path=amsynth_vts.so", "--set", "map=amsynth-plugin"],
        "no such file",
        "'amsynth_vst.so'",
    )


@pytest.mark.slow
def test_a_dataset_of_a_plug_in_is_taken_up_again(one_ray, ga_synth, amsynth, tmp_path):
    synth = f"{{name: plugin, path: {amsynth}, map: amsynth-plugin}}"
    words = ["dataset", tmp_path / "set", "--size", 20, "--seconds", 0.2, "--synth", synth]
    first = ga_synth(*words)
    assert first.code == 0, first.err
    again = ga_synth(*words)
    assert again.code == 0, again.err
    assert "complete" in again.out


def experiment(folder, path):
    given = {
        "name": "real",
        "seeds": 1,
        "budget": 60,
        "population": 12,
        "listens": 0,
        "synth": {"name": "plugin", "path": path, "map": "amsynth-plugin"},
        "targets": [{"contrived": 3, "seconds": 0.3}],
        "fitness": ["spectrogram"],
        "judges": ["loudness"],
        "strategies": ["end_to_end", "society"],
    }
    file = folder / "real.yaml"
    file.write_text(yaml.safe_dump(given))
    return file


def test_how_long_a_slow_synth_renders_is_said_before(ga_synth, amsynth, tmp_path):
    done = ga_synth("run", experiment(tmp_path, amsynth), "--dry-run")
    assert "rendering alone will take about" in done.out
    quick = ga_synth("run", "experiments/first.yaml", "--dry-run")
    assert "rendering alone" not in quick.out


def hosts():
    """The processes of Ray's workers below this one that hold a plug-in, and their copies."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name, in brackets, may hold anything; state and parent follow.
                words = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(words[1])
    return [
        pid for pid in parents if _holds_a_plug_in(pid) and _of_a_worker(list(_above(pid, parents)))
    ]


def _above(pid, parents):
    while pid := parents.get(pid, 0):
        yield pid


def _of_a_worker(above):
    """Whether something else than hosts is between them and this process, which plans."""
    own = os.getpid()
    return own in above and not all(map(_holds_a_plug_in, above[: above.index(own)]))


def _holds_a_plug_in(pid):
    try:
        return b"synth.real.child" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_a_plug_in_that_crashes_in_the_middle_changes_nothing(
    one_ray, ga_synth, run_here, unmirrored, undrawn, amsynth, tmp_path
):
    file = experiment(tmp_path, amsynth)
    one = run_here(load(file).plan, tmp_path / "calm")
    close_all()
    over, killed = threading.Event(), []
    before = set(hosts())

    def kill():
        # Twice: three times over the same patch would be that patch's fault.
        while len(killed) < 2 and not over.wait(0.5):
            for pid in sorted(set(hosts()) - before)[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSEGV)
                    killed.append(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    stormy = ga_synth("run", file, "--out", tmp_path / "stormy", "--workers", 1)
    over.set()
    killer.join()
    assert stormy.code == 0, stormy.err
    assert killed
    other = Journal(tmp_path / "stormy", "real")
    names = one.experiment()["trials"]
    assert names == other.experiment()["trials"]
    for name in names:
        files = sorted(p.name for p in one.folder(name).path.iterdir())
        assert "best.state" in files
        assert "best.patch.json" in files
        for part in set(files) - {"times.jsonl"}:
            ones = (one.folder(name).path / part).read_bytes()
            assert ones == (other.folder(name).path / part).read_bytes(), part
