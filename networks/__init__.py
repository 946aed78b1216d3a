"""Networks that hear a target and propose its genes; the one place that knows TensorFlow."""
