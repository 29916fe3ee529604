"""Finds the models that ship with the package."""

import pathlib

PACKAGE = pathlib.Path(__file__).parents[1]
# Inside the package in an installed wheel, at the top in a checkout.
FOLDERS = [PACKAGE / "saved_models", PACKAGE.parent / "saved_models"]


def path(name, file="model.keras"):
    """Returns the path of a shipped file.

    Args:
        name: string, name of the model and of its folder.
        file: string, name of the file in the folder.

    Raises:
        FileNotFoundError: if the installation lacks the file.

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
    """Returns the sorted paths of this file in all shipped models.

    Args:
        file: string, name of the file, e.g. `"card.json"`.
    """
    for folder in FOLDERS:
        if folder.is_dir():
            return sorted(folder.glob(f"*/{file}"))
    return []
