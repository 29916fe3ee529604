"""Where the models that ship with the package lie."""

import pathlib

PACKAGE = pathlib.Path(__file__).parents[1]
# In an installed wheel inside the package, in a checkout at the top.
FOLDERS = [PACKAGE / "saved_models", PACKAGE.parent / "saved_models"]


def path(name, file="model.keras"):
    """Path of a shipped file.

    Args:
        name: name of the model, which is that of its folder.
        file: name of the file in the folder.

    Raises:
        FileNotFoundError: if the installation lacks it.

    Example:

    >>> path("digits_classifier").name
    'model.keras'
    """
    for folder in FOLDERS:
        if (folder / name / file).exists():
            return folder / name / file
    raise FileNotFoundError(
        f"Expected {name}/{file} in the installed package. Received: nothing "
        f"in {' or '.join(map(str, FOLDERS))}. Install keras_gan_zoo again."
    )


def files(file):
    """Paths of a file of all shipped models that have it, sorted.

    Args:
        file: name of the file, e.g. `"card.json"`.
    """
    for folder in FOLDERS:
        if folder.is_dir():
            return sorted(folder.glob(f"*/{file}"))
    return []
