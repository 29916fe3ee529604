"""Sphinx: `sphinx-build -W -c docs . build/site` makes build/site/docs.

Needs `pip install -e ".[docs]"`: the reference is read from the docstrings.
"""

import keras_gan_zoo

project = "keras_gan_zoo"
author = "keras_gan_zoo contributors"
version = release = keras_gan_zoo.__version__

# The source is the whole repository, so that its own pages can be linked to.
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "*/README.md"]
exclude_patterns = [".*"]  # pytest's cache has a README, too
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
# Single backticks are code in the docstrings, as in Markdown.
default_role = "literal"
# What a method inherits from Keras is said by Keras.
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = project
html_copy_source = False
