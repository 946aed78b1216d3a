"""Audio and MIDI devices of this machine; queried in a child process, which may crash."""

import contextlib
import os
from typing import Any


class Machine:
    """Lists audio devices, MIDI ports and the JACK server."""

    def audio(self) -> list[dict[str, Any]]:
        """Return audio devices with host API, channels in and out, and sample rate in hertz."""
        import sounddevice

        hosts = [host["name"] for host in sounddevice.query_hostapis()]
        return [
            {
                "name": device["name"],
                "host": hosts[device["hostapi"]],
                "inputs": device["max_input_channels"],
                "outputs": device["max_output_channels"],
                "sample_rate": device["default_samplerate"],
            }
            for device in sounddevice.query_devices()
        ]

    def midi(self) -> list[str]:
        """Return the MIDI output ports, with their system."""
        import rtmidi

        found = []
        for api in rtmidi.get_compiled_api():
            # A system that is not available raises; it has no ports.
            with contextlib.suppress(Exception):
                ports = rtmidi.MidiOut(api).get_ports()
                found += [f"{port} ({rtmidi.get_api_display_name(api)})" for port in ports]
        return found

    def jack(self) -> str:
        """Describe the running JACK server."""
        import jack

        os.environ["JACK_NO_START_SERVER"] = "1"
        try:
            client = jack.Client("ga-synth-doctor", no_start_server=True)
        except jack.JackError:
            return f"no server {os.environ.get('JACK_DEFAULT_SERVER', 'default')!r} is running"
        with client:
            return f"{client.samplerate:,} Hz, {client.blocksize} samples a period"
