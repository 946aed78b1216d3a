"""What is wrong with a fitness or a synth is caught, and said in one line."""

import pytest

FITNESS = """
class Bad(Fitness):
    def distance(self, sound):
        apart = float(np.abs(sound - self.target).mean())
        return {returned}
"""
SYNTH = """
class Bad(Synth):
    space = ParameterSpace([Parameter("level", "amp", "", 0, 1)])

    def {method}(self, genomes):
        sounds = np.repeat(genomes, self.samples, axis=1).astype(np.float32)
        {act}
        return {returned}
"""


def fitness(returned):
    return FITNESS.format(returned=returned)


def fitness_of_batch(*lines):
    call = "\n        ".join(["distances = super().__call__(sounds)", *lines])
    return f"{fitness('apart')}\n    def __call__(self, sounds):\n        {call}\n"


def synth(act="", returned="sounds", method="render_block"):
    return SYNTH.format(act=act, returned=returned, method=method)


# What is wrong: the plug-in, words of the check that must fail, and what its reason says.
BAD = {
    "fitness, not 0 for the target": (
        fitness("apart + 0.25"),
        "at distance exactly 0",
        "a tone is at distance 0.25 from itself",
    ),
    "fitness, NaN for silence": (
        fitness("apart if sound.any() else np.nan"),
        "finite, 0 or above",
        "8 sounds: gave NaN or infinity",
    ),
    "fitness, below 0": (
        fitness("-apart"),
        "finite, 0 or above",
        "wanted 0 or above",
    ),
    "fitness, deaf": (fitness("0 * apart"), "farther away than the target", "are all at 0"),
    "fitness, another shape": (
        fitness_of_batch("return distances[:, None]"),
        "shape (n,)",
        "8 sounds: gave shape (8, 1); wanted (8,)",
    ),
    "fitness, a list": (
        fitness_of_batch("return list(distances)"),
        "shape (n,)",
        "8 sounds: gave list; wanted an array",
    ),
    "fitness, depends on the batch": (
        fitness_of_batch("return distances / max(1, len(distances))"),
        "neither its batch",
        "alone: a distance of",
    ),
    "fitness, depends on the place": (
        fitness_of_batch("return distances * (1 + np.arange(len(distances)))"),
        "neither its batch",
        "in another order: a distance of",
    ),
    "fitness, fails without sounds": (
        fitness_of_batch("distances.max()", "return distances"),
        "No sounds give no distances",
        "raised ValueError: zero-size array",
    ),
    "fitness, writes to the sounds": (
        fitness_of_batch("sounds[:] = 0", "return distances"),
        "writes neither",
        "the sounds were changed",
    ),
    "fitness, draws": (
        fitness("apart * random.uniform(1, 2)"),
        "same distance, here and from",
        "measured twice: a distance of",
    ),
    "fitness, takes any shape": (
        """
        class Bad(Fitness):
            def __call__(self, sounds):
                sounds = np.atleast_2d(sounds)
                m = min(sounds.shape[-1], self.target.size)
                return np.array([self.distance(sound[..., :m]) for sound in sounds])

            def distance(self, sound):
                return float(np.abs(sound - self.target[: sound.shape[-1]]).mean())
        """,
        "another shape are refused",
        "sounds of shape (2, 6616): was accepted; wanted ValueError",
    ),
    "fitness, needs a long target": (
        """
        class Bad(Fitness):
            def distance(self, sound):
                return abs(float(sound.std() - self.target.std()) / max(0, sound.size - 4096))
        """,
        "It can do with 0.05 s",
        "raised ZeroDivisionError: ",
    ),
    "synth, depends on the batch": (
        synth("sounds = sounds / len(genomes)", "sounds.astype(np.float32)"),
        "neither its batch",
        "alone: off by",
    ),
    "synth, depends on the place": (
        synth("sounds[1:] += sounds[:-1]"),
        "neither its batch",
        "in another order: off by",
    ),
    "synth, float64": (
        synth(returned="sounds.astype(float)"),
        "are float32",
        "gave float64; wanted float32",
    ),
    "synth, another length": (
        synth(returned="sounds[:, 1:]"),
        "shape (n, samples)",
        "7 genomes: gave shape (7, 2204); wanted (7, 2205)",
    ),
    "synth, infinite": (
        synth(returned="1 / sounds"),
        "finite",
        "7 genomes: gave NaN or infinity",
    ),
    "synth, draws": (
        synth("sounds *= np.float32(random.random())"),
        "same sound, here and from another instance",
        "rendered twice: off by",
    ),
    "synth, writes to the genomes": (
        synth("genomes *= 0.5"),
        "does not write to the genomes",
        "the genomes were changed",
    ),
    "synth, takes any gene": (
        synth(method="render", returned="sounds\n\n    def render_block(self, genomes): ..."),
        "genes outside [0, 1] are refused",
        "was accepted; wanted ValueError",
    ),
    "synth, no space": (
        "class Bad(Synth):\n    def render_block(self, genomes): ...",
        "declares a parameter space",
        "space is NoneType",
    ),
}


@pytest.mark.parametrize(("body", "check", "reason"), BAD.values(), ids=BAD)
def test_a_bad_plugin_is_caught(want_caught, body, check, reason):
    want_caught(body, check, reason)
