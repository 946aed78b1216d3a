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
    assert all(line.startswith("  ok      ") for line in lines)


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
    assert out.endswith(f"\n{len(failed)} failed\n")
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
