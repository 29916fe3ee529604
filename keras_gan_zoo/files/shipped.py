"""Where the models that ship with the package lie."""

import pathlib

PACKAGE = pathlib.Path(__file__).parents[1]
# In an installed wheel beside the modules, in a checkout at the top.
FOLDERS = [PACKAGE / "saved_models", PACKAGE.parent / "saved_models"]


def path(name):
    """Path of a shipped file.

    Args:
        name: its name, e.g. `"digits_classifier.keras"`.

    Raises:
        FileNotFoundError: if the installation lacks it.

    Example:

    >>> path("digits_classifier.keras").suffix
    '.keras'
    """
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(
        f"Expected {name} in the installed package. Received: nothing in "
        f"{' or '.join(map(str, FOLDERS))}. Install keras_gan_zoo again."
    )


def files(pattern):
    """Paths of all shipped files of a pattern, sorted, e.g. `"*.json"`."""
    for folder in FOLDERS:
        if folder.is_dir():
            return sorted(folder.glob(pattern))
    return []
