"""The page of a match: sounds to switch between, pictures, knobs and distances."""
