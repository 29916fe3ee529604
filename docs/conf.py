"""Sphinx: `sphinx-build -W -c docs . build/site` makes build/site/docs.

Needs `pip install -e ".[docs]"`: the reference is read from the docstrings.
"""

import keras
from sphinx.util import inspect

import keras_gan_zoo

project = "keras_gan_zoo"
author = copyright = "keras_gan_zoo contributors"
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

myst_heading_anchors = 2

html_theme = "furo"
html_title = project
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["wide.css"]


def of_init(app, what, name, obj, options, signature, return_annotation):
    """Gives classes the signature of their `__init__`.

    Keras' layers and models have a `__new__(cls, *args, **kwargs)`, and
    Sphinx would show this signature.
    """
    if what != "class" or not issubclass(obj, keras.layers.Layer):
        return None
    shown = inspect.stringify_signature(inspect.signature(obj))
    return shown, return_annotation


def setup(app):
    app.connect("autodoc-process-signature", of_init)
