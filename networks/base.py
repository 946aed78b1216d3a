"""What every network is: layers from what is heard to a latent vector; the rest is shared."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Hearing:
    """What a network is given to hear.

    Attributes:
        sample_rate: in hertz.
        samples: how long every sound is; longer ones are cut, shorter ones end in silence.
    """

    sample_rate: int
    samples: int

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.samples / self.sample_rate


class Network(ABC):
    """An architecture; further keyword-only arguments are options of experiments.

    A subclass makes layers of Keras in ``body``, of registered classes only: models are loaded in
    Keras's safe mode, which refuses functions that came from elsewhere. Import Keras there and not
    at the top of the file, so that the command line does not wait for it.

    Attributes:
        features: whether it also hears the features that ``networks.features`` names.
        example: options for the conformance suite, if there are some that must be given.
    """

    features: ClassVar[bool] = False
    example: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def body(self, sound: Any, features: Any, hearing: Hearing) -> Any:
        """Connect layers.

        Args:
            sound: a Keras tensor of shape (batch, samples): the raw buffer.
            features: a Keras tensor of shape (batch, features) if asked for, about standardised;
                else None.
            hearing: of what rate and length the sound is.

        Returns:
            A Keras tensor of shape (batch, any): what the genes are read from.
        """
