"""The folders in which each system keeps plug-ins."""

import os
import sys
from pathlib import Path

SUFFIXES = (".vst3", ".so", ".dll", ".vst", ".component")
_FOLDERS = {
    "linux": ("~/.vst3", "/usr/local/lib/vst3", "/usr/lib/vst3",
              "~/.vst", "/usr/local/lib/vst", "/usr/lib/vst"),
    "darwin": ("~/Library/Audio/Plug-Ins/VST3", "/Library/Audio/Plug-Ins/VST3",
               "~/Library/Audio/Plug-Ins/Components", "/Library/Audio/Plug-Ins/Components",
               "~/Library/Audio/Plug-Ins/VST", "/Library/Audio/Plug-Ins/VST"),
    "win32": ("C:/Program Files/Common Files/VST3", "C:/Program Files/VSTPlugins",
              "C:/Program Files/Native Instruments/VSTPlugins 64 bit"),
}  # fmt: skip


def plugin_folders() -> list[Path]:
    """Return the folders of ``VST3_PATH`` and ``VST_PATH``, then those of this system."""
    named = [os.environ.get(name, "").split(os.pathsep) for name in ("VST3_PATH", "VST_PATH")]
    own = _FOLDERS.get(sys.platform, ())
    return [Path(folder).expanduser() for folder in (*sum(named, []), *own) if folder]  # noqa: RUF017


def plugins() -> list[Path]:
    """Return all plug-ins in these folders and in their direct subfolders."""
    found = []
    for folder in plugin_folders():
        for pattern in ("*", "*/*"):
            found += [path for path in folder.glob(pattern) if path.suffix in SUFFIXES]
    inside = {path for path in found if path.parent.suffix in SUFFIXES}
    return sorted(set(found) - inside)
