"""The guide as a site: ``make docs``. Warnings are errors, and nothing is fetched."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "ga-synth"
release = version = installed("ga-synth")
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "reference"]
exclude_patterns = ["extensions"]

html_theme = "furo"
html_title = "ga-synth"
html_copy_source = False
html_show_copyright = False
html_css_files = ["site.css"]
html_static_path = ["static"]

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
# The notebook ships without outputs, so that they are always those of this version.
nb_execution_mode = "force"
nb_execution_timeout = 600
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_merge_streams = True

napoleon_use_ivar = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
