"""The base class of networks: layers from audio to a latent vector; everything else is shared."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class AudioFormat:
    """The format of the audio that a network receives.

    Attributes:
        sample_rate: in hertz.
        samples: length of every sound; longer sounds are cut, shorter ones padded with silence.
    """

    sample_rate: int
    samples: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / self.sample_rate


class Network(ABC):
    """An architecture. The keyword-only arguments of its constructor are its options.

    A subclass connects Keras layers in ``body``. Use registered layer classes only: models are
    loaded in Keras's safe mode, which refuses arbitrary functions. Import Keras inside ``body``
    rather than at the top of the file, so that the command line starts without it.

    Attributes:
        features: whether the network also receives the features of ``networks.features``.
        ears: whether it receives what ``networks.ears`` hears instead of the raw audio.
        example: options for the conformance suite, if some have no default.
    """

    features: ClassVar[bool] = False
    ears: ClassVar[bool] = False
    example: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def body(self, sound: Any, features: Any, audio: AudioFormat) -> Any:
        """Connect the layers.

        Args:
            sound: a Keras tensor of shape (batch, samples): the raw audio; None if the class sets
                ``ears``.
            features: a Keras tensor of shape (batch, features), roughly standardised, if the
                class sets ``features``, or of what is heard if it sets ``ears``; else None.
            audio: sample rate and length of the sound.

        Returns:
            A Keras tensor of shape (batch, any), from which the genes are predicted.
        """
