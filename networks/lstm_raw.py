"""Stacked LSTMs on the raw buffer."""

from typing import ClassVar

from networks.gru_raw import GruRaw


class LstmRaw(GruRaw):
    """Two LSTM layers over frames of the raw buffer.

    Source: Hochreiter & Schmidhuber (1997).

    Args:
        frame: milliseconds of a frame.
        units: of each recurrent layer.
        dense: units of the last layer.
    """

    cell: ClassVar[str] = "LSTM"
