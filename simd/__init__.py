"""Sixteen sounds side by side: how synth and fitness hand sound to each other, and compile.

A *block* is a stretch of up to sixteen sounds: float32, shape (up to BLOCK samples, LANES), moment
after moment, in each moment one sample of each sound. It stays in the processor's cache from where
it is rendered to where it is heard, and is a vector wide. Lanes that no sound needs hold anything
finite.
"""

LANES = 16
BLOCK = 2048
