"""``ga-synth check``: a line a check, and an exit code."""

import pytest

GOOD = """
class CloseBy(Fitness):
    def distance(self, sound):
        return float(np.abs(sound - self.target).mean())

class Elsewhere(RandomSearch):
    pass
"""


def test_a_registered_name_is_checked_in_every_kind_that_has_it(ga_synth):
    code, out, err = ga_synth("check", "random")
    assert (code, err) == (0, "")
    headings = [line for line in out.splitlines() if not line.startswith(" ")]
    assert headings == ["search random", "strategy random"]
    lines = [line for line in out.splitlines() if line.startswith(" ")]
    assert len(lines) > 15
    assert all(line.startswith(("  ok      ", "  speed   ")) for line in lines)


def test_kind_chooses(ga_synth):
    _, out, _ = ga_synth("check", "random", "--kind", "search")
    assert out.startswith("search random\n")
    assert "strategy" not in out


def test_a_fitness_can_be_checked_as_a_judge(ga_synth):
    code, out, _ = ga_synth("check", "loudness", "--kind", "judge")
    assert code == 0
    assert out.startswith("fitness loudness\n")


def test_all_of_a_file_is_checked(ga_synth, plugin_file):
    code, out, err = ga_synth("check", plugin_file(GOOD))
    assert (code, err) == (0, "")
    assert "fitness close_by\n" in out
    assert "search elsewhere\n" in out
    assert "FAILED" not in out


def test_what_fails_is_said_in_one_line_and_by_the_exit_code(ga_synth, plugin_file):
    body = """
    class Broken(Fitness):
        def distance(self, sound):
            if not sound.any():
                raise RuntimeError("silence!\\nsecond line")
            return float(np.abs(sound - self.target).mean())
    """
    code, out, err = ga_synth("check", plugin_file(body))
    assert (code, err) == (1, "")
    failed = [line for line in out.splitlines() if "FAILED" in line]
    assert failed[0].startswith(
        "  FAILED  Distances are floats, finite, 0 or above, shape (n,): "
        "raised RuntimeError: silence! (plugin.py, line "
    )
    assert out.endswith("\n7 failed\n")
    assert "  ok      The target itself is at distance exactly 0\n" in out
    assert "Traceback" not in out
    assert "second line" not in out


def test_what_cannot_be_made_has_one_finding(ga_synth, plugin_file):
    body = """
    class Broken(RandomSearch):
        def __init__(self, dims, population, seed):
            raise OSError("no licence")
    """
    code, out, _ = ga_synth("check", plugin_file(body))
    assert code == 1
    assert out.count("\n") == 3
    assert "raised OSError: no licence (plugin.py, line" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["spectrogramm"], "plug-in 'spectrogramm' is not registered; did you mean 'spectrogram'?"),
        (["gaa", "--kind", "search"], "search 'gaa' is not registered; did you mean 'ga'?"),
        (["ga", "--kind", "serach"], "kind 'serach' is unknown; did you mean 'search'?"),
        (["missing.py"], "plug-in missing.py: no such file"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(ga_synth, arguments, message):
    code, out, err = ga_synth("check", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"ga-synth: {message}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ("1 / 0", "", "ZeroDivisionError: division by zero"),
        ("x = 1", "", "defines no Fitness, Network, Search, Strategy or Synth"),
        (GOOD, "synth", "defines no synth"),
    ],
)
def test_a_file_without_what_is_asked_for_is_said(ga_synth, plugin_file, body, kind, message):
    code, out, err = ga_synth("check", plugin_file(body), *(["--kind", kind] if kind else []))
    assert (code, out) == (2, "")
    assert err.startswith("ga-synth: plug-in ")
    assert message in err
    assert err.count("\n") == 1


def test_one_reason_is_said_once_and_prints_are_counted(ga_synth, plugin_file):
    body = """
    class Crash(Fitness):
        def distance(self, sound):
            print("hello")
            return 1 / 0
    """
    code, out, _ = ga_synth("check", plugin_file(body))
    failed = [line for line in out.splitlines() if "FAILED" in line]
    assert code == 1
    assert len(failed) == 2
    assert all("ZeroDivisionError: division by zero (plugin.py, line " in line for line in failed)
    assert "7 more checks" in failed[1]
    assert out.count("hello") == 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("import sys; sys.exit(3)", ["raised SystemExit: 3 (plugin.py, line", "mend: raise a"]),
        ("import os; os._exit(3)", ["ended its process with exit code 3", "mend: "]),
        ("import os; os.kill(os.getpid(), 9)", ["ended its process by SIGKILL", "mend: "]),
        ("return -1.0", ["is at distance -1 from itself", "mend: Measure sound and target"]),
    ],
)
def test_what_would_end_the_command_is_a_finding(ga_synth, plugin_file, act, words):
    body = f"""
    class Bad(Fitness):
        def distance(self, sound):
            {act}
    """
    code, out, err = ga_synth("check", plugin_file(body))
    assert (code, err) == (1, "")
    assert all(word in out for word in words)
    assert "Traceback" not in out


def test_a_file_that_ends_the_process_as_it_is_loaded_is_refused(ga_synth, plugin_file):
    code, out, err = ga_synth("check", plugin_file("import os; os._exit(4)"))
    assert (code, out) == (2, "")
    assert "exit code 4 while it was loaded" in err
    assert err.count("\n") == 1


def test_an_option_before_the_star_and_a_class_without_its_method(ga_synth, plugin_file):
    body = """
    class Early(Fitness):
        def __init__(self, target, sample_rate, frames):
            super().__init__(target, sample_rate)

        def distance(self, sound):
            return 0.0

    class Half(Fitness):
        def distanc(self, sound):
            return 0.0
    """
    code, out, _ = ga_synth("check", plugin_file(body))
    assert code == 1
    assert "option 'frames' must come after a *: def __init__(self, target, sample_rate, *" in out
    assert "Half lacks the method 'distance'; is 'distanc' meant" in out
    assert out.endswith("2 failed\n")


def test_how_fast_it_is_stands_beside_the_built_ins(ga_synth, plugin_file):
    body = """
    class Slow(Fitness):
        def distance(self, sound):
            for _ in range(len(sound)):
                apart = np.abs(sound[:100] - self.target[:100]).mean()
            return float(np.abs(sound - self.target).mean()) + 0 * float(apart)
    """
    _, slow, _ = ga_synth("check", plugin_file(body))
    _, fast, _ = ga_synth("check", plugin_file(GOOD))
    (line,) = [line for line in slow.splitlines() if line.startswith("  speed")]
    assert "; spectrogram " in line
    assert "2,000 renders" in line
    lines = [line for line in fast.splitlines() if line.startswith("  speed")]
    assert ["to score 1 s of sound" in lines[0], "to breed a genome" in lines[1]] == [True, True]
    assert "2,000 renders" not in lines[0]


def test_the_file_is_suggested_where_its_name_was_given(ga_synth, plugin_file, monkeypatch):
    monkeypatch.chdir(plugin_file(GOOD, "my_fitness.py").parent)
    code, _, err = ga_synth("check", "my_fitness")
    assert code == 2
    assert "did you mean the file 'my_fitness.py'?" in err
    assert "ga-synth list" in ga_synth("check", "../evil")[2]
