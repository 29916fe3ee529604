"""Checks at once, without Keras, that a command's inputs exist."""

import pathlib

from keras_gan_zoo_cli import sources


def check(options):
    """Raises a `ValueError` if a model, a folder or a file does not exist.

    Args:
        options: namespace, the parsed words of any command.
    """
    given = vars(options)
    if given.get("file") is not None:
        check_model(given["file"])
    if given.get("data") is not None:
        from keras_gan_zoo.recipes import checks

        checks.check_source(given["data"])
    for flag, name, kind in (
        ("IN", "source", "pictures to read"),
        ("--images", "images", "a folder"),
        ("--mask", "mask", "a picture of the holes"),
    ):
        path = given.get(name)
        if path is not None and not pathlib.Path(path).expanduser().exists():
            raise ValueError(
                f"Expected {flag}, {kind}. "
                f"Received: {path}, which does not exist."
            )
    path = given.get("extractor") or ""
    if path.endswith(".keras") and not pathlib.Path(path).exists():
        raise ValueError(
            "Expected --extractor, a name or a .keras file. "
            f"Received: {path}, which does not exist."
        )


def check_model(name):
    """Raises a `ValueError` unless FILE is a file or a preset.

    Args:
        name: string, the word on the command line.
    """
    from keras_gan_zoo.files import cards
    from keras_gan_zoo.files.lookup import look_up

    path = pathlib.Path(name)
    if path.is_file() or sources.card(name) is not None:
        return
    if path.is_dir():
        inner = path / "model.keras"
        remedy = f" Did you mean {inner}?" if inner.exists() else ""
        raise ValueError(
            "Expected FILE, a .keras file or a pretrained model. Received: "
            f"{name}, a folder.{remedy}"
        )
    if path.suffix or len(path.parts) > 1:
        raise ValueError(
            "Expected FILE, a .keras file or a pretrained model (see "
            f"keras-gan-zoo list). Received: {name}, which does not exist."
        )
    look_up(name, cards.list_presets(), "pretrained model")
