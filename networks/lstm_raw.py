"""Stacked LSTMs on raw audio."""

from typing import ClassVar

from networks.gru_raw import GruRaw


class LstmRaw(GruRaw):
    """Two LSTM layers over frames of raw audio.

    Source: Hochreiter & Schmidhuber (1997).

    Args:
        frame: length of a frame in milliseconds.
        units: units of each recurrent layer.
        dense: units of the last layer.
    """

    cell: ClassVar[str] = "LSTM"
