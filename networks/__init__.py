"""Networks that predict the genes of a sound; the only package that imports TensorFlow."""
