"""One sound, one patch: the knobs that reproduce a recording, and the page that shows them."""
