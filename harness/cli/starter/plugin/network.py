"""A network: from audio to genes."""

from ga_synth import Network


class NewPlugin(Network):
    """Three convolutions over the raw audio."""

    def body(self, sound, features, audio):
        import keras

        found = keras.layers.Reshape((audio.samples, 1))(sound)
        for _ in range(3):
            found = keras.layers.Conv1D(32, 16, 8, activation="relu")(found)
        return keras.layers.GlobalMaxPooling1D()(found)
