"""A studio without hardware: a JACK server without a sound card, and amsynth on it.

    with jack_server() as server, amsynth(server) as synth:
        Rig(44_100, 44_100, map="amsynth-midi", midi=synth, audio=synth, server=server, ...)

Everything has a name of its own and a home of its own, so that nothing of the user's is touched,
and ends with its context. ``python -m benchmarks.studio`` keeps both running until Ctrl-C.
"""

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from synth.real.parts import lacking

_READY_S = 20.0
_GONE_S = 5.0

# Every parameter of amsynth 1.13, in its own order, on controllers to which MIDI gives no meaning
# that would get in the way: what a map does not set is then never left to chance.
_PARAMETERS = [
    *("amp_attack", "amp_decay", "amp_sustain", "amp_release", "osc1_waveform"),
    *("filter_attack", "filter_decay", "filter_sustain", "filter_release", "filter_resonance"),
    *("filter_env_amount", "filter_cutoff", "osc2_detune", "osc2_waveform", "master_vol"),
    *("lfo_freq", "lfo_waveform", "osc2_range", "osc_mix", "freq_mod_amount"),
    *("filter_mod_amount", "amp_mod_amount", "osc_mix_mode", "osc1_pulsewidth", "osc2_pulsewidth"),
    *("reverb_roomsize", "reverb_damp", "reverb_wet", "reverb_width", "distortion_crunch"),
    *("osc2_sync", "portamento_time", "keyboard_mode", "osc2_pitch", "filter_type"),
    *("filter_slope", "freq_mod_osc", "filter_kbd_track", "filter_vel_sens", "amp_vel_sens"),
    "portamento_mode",
]
CONTROLLERS = dict(
    zip(_PARAMETERS, [*range(20, 32), *range(102, 120), *range(70, 81)], strict=True)
)
"""From amsynth's parameter to the controller that moves it."""


@contextmanager
def jack_server(name: str = "", *, sample_rate: int = 44_100, period: int = 1024) -> Iterator[str]:
    """A JACK server of its own, without a sound card.

    Args:
        name: its name; one that nobody has, if empty.
        sample_rate: in hertz.
        period: in frames.

    Yields:
        Its name.

    Raises:
        RuntimeError: if JACK is not installed, or does not start.
    """
    name = name or f"ga-synth-{os.getpid()}-{time.monotonic_ns() % 1_000_000}"
    _require("JACK")
    # Without real-time scheduling it works as well, but notes come late on a busy machine.
    for scheduling in ("-R", "-r"):
        command = ["jackd", scheduling, "-n", name, "-d", "dummy"]
        command += ["-r", str(sample_rate), "-p", str(period), "-C", "2", "-P", "2"]
        with _running(command, _jack_environment(name)) as process:
            if _there(process, name, set()):
                yield name
                return
    raise RuntimeError(f"JACK server {name!r} does not start: try `jackd -R -n {name} -d dummy`")


@contextmanager
def amsynth(server: str, name: str = "amsynth") -> Iterator[str]:
    """Amsynth on a JACK server, its parameters on ``CONTROLLERS``.

    Args:
        server: the name of the JACK server.
        name: of its JACK client.

    Yields:
        The name, by which its MIDI and audio ports are found.

    Raises:
        RuntimeError: if it is not installed, or does not start.
    """
    _require("amsynth")
    with tempfile.TemporaryDirectory(prefix="ga-synth-amsynth-") as home:
        environment = amsynth_environment(Path(home), server)
        with _running(amsynth_command(name), environment) as process:
            if not _there(process, server, {f"{name}:L out", f"{name}:midi_in"}):
                raise RuntimeError(f"amsynth does not start on JACK server {server!r}")
            yield name


def amsynth_command(name: str = "amsynth") -> list[str]:
    """What starts amsynth without a window."""
    return ["amsynth", "-x", "-a", "jack", "-m", "jack", "-n", name,
            "--jack_autoconnect=false", "-p", "8"]  # fmt: skip


def amsynth_environment(home: Path, server: str) -> dict[str, str]:
    """Prepare a home for amsynth, with its controllers, and give the environment to start it in."""
    (home / ".config" / "amsynth").mkdir(parents=True, exist_ok=True)
    (home / ".local" / "share").mkdir(parents=True, exist_ok=True)
    moved = {controller: parameter for parameter, controller in CONTROLLERS.items()}
    lines = [moved.get(controller, "null") for controller in range(128)]
    path = home / ".config" / "amsynth" / "controllers"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    plain = {k: v for k, v in _jack_environment(server).items() if not k.startswith("XDG_")}
    return {**plain, "HOME": str(home)}


def ports(server: str) -> list[str]:
    """The ports on a JACK server; none if it does not answer."""
    asked = subprocess.run(
        ["jack_lsp"],  # noqa: S607 - wherever JACK put it
        env=_jack_environment(server),
        capture_output=True,
        text=True,
        timeout=_READY_S,
        check=False,
    )
    return asked.stdout.splitlines() if asked.returncode == 0 else []


def _jack_environment(server: str) -> dict[str, str]:
    return {
        **os.environ,
        "JACK_DEFAULT_SERVER": server,
        "JACK_NO_START_SERVER": "1",
        "JACK_NO_AUDIO_RESERVATION": "1",
    }


def _require(part: str) -> None:
    if reason := lacking((part,)):
        raise RuntimeError(reason)
    if part == "JACK" and shutil.which("jack_lsp") is None:
        raise RuntimeError("needs jack_lsp, which comes with jackd2 on Debian and jack on macOS")


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - our own words, and nothing that could lock
        command, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=_end_along if sys.platform == "linux" else None,  # noqa: PLW1509 - locks nothing
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_GONE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_along() -> None:
    """Have the system end a server whose starter was killed: nobody else would."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _there(process: "subprocess.Popen[bytes]", server: str, wanted: set[str]) -> bool:
    """Wait until a process has put its ports on a server; any will do if none are named."""
    deadline = time.monotonic() + _READY_S
    while process.poll() is None and time.monotonic() < deadline:
        found = set(ports(server))
        if found and wanted <= found:
            return True
        time.sleep(0.02)
    return False


def main() -> None:
    """Keep a server and amsynth running until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A JACK server without a sound card, and amsynth.")
    parser.add_argument("--server", default="ga-synth", help="name of the JACK server")
    parser.add_argument("--rate", type=int, default=44_100, help="sample rate in hertz")
    parser.add_argument("--period", type=int, default=1024, help="period in frames")
    given = parser.parse_args()
    jack = jack_server(given.server, sample_rate=given.rate, period=given.period)
    with jack as server, amsynth(server) as synth:
        print(f"JACK server {server}, on it {synth}; Ctrl-C ends both", flush=True)
        with suppress(KeyboardInterrupt):
            Event().wait()


if __name__ == "__main__":
    main()
