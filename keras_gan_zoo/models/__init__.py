"""The architectures: one file or one folder for each paper.

This file has no list of them. `@register` in the file of an architecture
makes it known; see `keras_gan_zoo.files.registry`.
"""

from keras_gan_zoo.files import registry


def __getattr__(name):
    if name == "__all__":
        return __dir__()
    known = registry.of_class(name)
    if known is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return known.load()


def __dir__():
    return sorted(a.class_name for a in registry.architectures().values())
