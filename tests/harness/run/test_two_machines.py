"""Two nodes as on two machines, with networks, folders and homes of their own; one is lost."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from harness.record.journal import Journal

pytestmark = pytest.mark.slow
HEAD, OTHER = "10.213.7.1", "10.213.7.2"
SLOWEST_S = 240


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def may_make_networks():
    """Whether this user may: root may, if the container lets them."""
    name = f"ga{secrets.token_hex(3)}"
    try:
        ip("netns", "add", name)
        try:
            ip("-n", name, "link", "add", "v0", "type", "veth", "peer", "name", "v1")
        finally:
            ip("netns", "del", name)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


needs_networks = pytest.mark.skipif(
    not may_make_networks(), reason="needs network namespaces: root, and iproute2"
)


class Machine:
    """A network, a home with Ray's token, and a folder; what runs there ends with it."""

    def __init__(self, name, address, folder, token):
        self.name, self.address, self.folder = name, address, folder
        (folder / ".ray").mkdir(parents=True)
        (folder / ".ray" / "auth_token").write_text(token)

    def start(self, *words):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("RAY_")}
        environment |= {"HOME": str(self.folder), "RAY_AUTH_MODE": "token"}
        environment |= {"RAY_USAGE_STATS_ENABLED": "0", "MLFLOW_TRACKING_URI": ""}
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, *map(str, words)],
            cwd=self.folder, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def processes(self):
        """The command line of each process there, by id."""
        pids = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True
        )
        words = {}
        for pid in map(int, pids.stdout.split()):
            with suppress(OSError):
                words[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return words

    def lose(self):
        """End all that runs there."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def machines(tmp_path):
    """Two that see each other and nothing else."""
    suffix, token = secrets.token_hex(3), secrets.token_hex(32)
    names, ends = [f"ga{suffix}{x}" for x in "ab"], [f"v{suffix}{x}" for x in "ab"]
    with ExitStack() as stack:
        for name in names:
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
        ip("link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
        for name, end, address in zip(names, ends, (HEAD, OTHER), strict=True):
            ip("link", "set", end, "netns", name)
            for words in (["addr", "add", f"{address}/24", "dev", end], ["link", "set", end, "up"],
                          ["link", "set", "lo", "up"]):  # fmt: skip
                ip("-n", name, *words)
        made = [
            Machine(name, address, tmp_path / name, token)
            for name, address in zip(names, (HEAD, OTHER), strict=True)
        ]
        # A socket's path is short, and Ray's are long.
        ray_folder = Path("/tmp") / f"ga-{suffix}"  # noqa: S108 - its name is random
        stack.callback(shutil.rmtree, ray_folder, ignore_errors=True)
        ray = [Path(sys.executable).with_name("ray"), "start", "--block", "--num-cpus=1"]
        for machine, words in (
            (
                made[0],
                ["--head", "--port=6379", "--include-dashboard=false", f"--temp-dir={ray_folder}"],
            ),
            (made[1], [f"--address={HEAD}:6379"]),
        ):
            words.append(f"--node-ip-address={machine.address}")
            node = stack.enter_context(machine.start(*ray, *words))
            stack.callback(machine.lose)
            wait_for(node, "--block")
        yield made


def wait_for(process, word):
    lines = []
    while word not in (line := process.stdout.readline()):
        assert line, "".join(lines)
        lines.append(line)


@needs_networks
def test_a_comparison_runs_on_two_machines_and_loses_one(
    machines, small, small_file, run_here, digests, tmp_path
):
    head, other = machines
    settings = {"strategies": ["end_to_end"], "seeds": 6, "budget": 6_000}
    calm = digests(run_here(small(tmp_path, **settings), tmp_path / "calm"))
    file = small_file(**settings)
    run = head.start(
        sys.executable, "-m", "harness.cli", "run", file, "--address", f"{HEAD}:6379", "--json"
    )
    # Nothing of it should hang, but if something does, the test must not.
    timer = threading.Timer(SLOWEST_S, head.lose)
    timer.start()
    try:
        wait_for(run, '"begun"')
        while not any("ray::Worker.perform" in words for words in other.processes().values()):
            assert run.poll() is None, run.communicate()[0]
            threading.Event().wait(0.05)
        other.lose()
        said = run.communicate()[0]
    finally:
        timer.cancel()
    assert run.returncode == 0, said
    journal = Journal(head.folder / "runs", "small")
    assert digests(journal) == calm
