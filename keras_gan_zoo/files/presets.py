"""Pretrained models: loads one by name, and writes one to share.

A preset is a folder with the files `model.keras` and `card.json`. The card
says what the model is, where it comes from and how good it is. The presets of
the package also have a picture, `sample.png`, and `recipe.json`, which says how
they were trained and are measured. They need no network.
"""

import hashlib
import json
import os
import pathlib
import zipfile

import keras
import numpy as np

from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.files import atomic, cards, storage

#: Largest float16. Weights beyond it, only statistics, stay in float32.
LARGEST = float(np.finfo(np.float16).max)


def from_preset(preset, sha256=None):
    """Loads a pretrained model.

    The model is not compiled. It can generate at once. Call `compile()` and
    `fit` to continue the training. No code from the file is run.

    Args:
        preset: name of a preset that ships with the package; path of a
            folder that `save_to_preset` wrote; `"https://..."`, a `.keras`
            file; or `"hf://user/name"`, the file `model.keras` of a
            repository of the Hugging Face Hub. The environment variable
            `HF_ENDPOINT` names another hub.
        sha256: string of 64 hexadecimal digits, the SHA-256 sum of the file.
            Files from a network need it.

    Returns:
        The model.

    Raises:
        ValueError: if there is no such preset, if its file does not match
            the card, or if its format is newer than this package.

    Example:

    >>> gan = from_preset("vanilla_gan_digits_8")
    >>> gan.generate(4, seed=0).shape
    (4, 8, 8, 1)
    """
    preset = str(preset)
    if preset.startswith("hf://"):
        hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
        repository = preset.removeprefix("hf://")
        preset = f"{hub}/{repository}/resolve/main/model.keras"
    if "://" in preset:
        return storage.load(_downloaded(preset, sha256), compile=False)
    return _load(cards.path_of(preset))


def _downloaded(url, sha256, cache_dir=None):
    """Returns the path of a URL's file, in Keras' cache or `cache_dir`."""
    if sha256 is None:
        raise ValueError(
            "Loading from a URL needs a checksum. Expected: sha256=<64 "
            f"hexadecimal digits>. Received: {url} without sha256."
        )
    name = pathlib.PurePosixPath(url).name
    try:
        return keras.utils.get_file(
            f"{sha256[:16]}-{name}",
            url,
            cache_subdir="keras_gan_zoo",
            cache_dir=cache_dir,
            file_hash=sha256,
            hash_algorithm="sha256",
        )
    except Exception as error:  # urllib's, or Keras' for a wrong hash
        raise ValueError(
            f"The model could not be downloaded. Expected: the file {url} "
            f"with the SHA-256 sum {sha256}. Received: {error}"
        ) from error


def _load(card_path):
    card = cards.read_card(card_path)
    path = card_path.with_name("model.keras")
    found = "no such file"
    if path.exists():
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != card["sha256"]:
        raise ValueError(
            f"{path} does not match the card next to it. Expected the "
            f"SHA-256 {card['sha256']}. Received: {found}. Get both files "
            "from their source again."
        )
    return storage.load(path, compile=False)


# ------------------------------------------------------------------- writing


def write(gan, path, **card):
    """Writes a preset: the file and its card.

    The file holds the networks without the state of the training: no
    optimizer, and only the average of an averaged generator. Weights are
    stored in float16, which halves the size. Images change by less than 1e-2.
    The loaded model computes in float32.

    Args:
        gan: a trained model.
        path: path of the `.keras` file.
        **card: further entries of the card, for JSON.
    """
    path = pathlib.Path(path).expanduser()
    copy = inference_copy(gan)

    def save(temporary):
        keras.Model.save(copy, temporary)
        _halve(temporary)

    atomic.write_atomically(path, save)
    card = {
        "format": cards.FORMAT,
        "class": type(gan).__name__,
        "steps": int(gan.steps),
        **configuration(gan),
        **description(gan),
        **card,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    atomic.write_text(
        path.with_name("card.json"), json.dumps(card, indent=2) + "\n"
    )


def configuration(gan):
    """Returns how a model was made and compiled, as a dict for a card.

    Returns:
        Dict with `"config"`, the arguments of the class, and `"compile"`,
        the arguments of `compile()`, or None if the model is not compiled.
    """
    config = gan.get_config()
    config.pop("averaged", None)
    settings = gan.get_compile_config() if gan.compiled else None
    return json.loads(json.dumps({"config": config, "compile": settings}))


def description(gan):
    """Returns what `describe` says of a model, as a dict for a card.

    Returns:
        Dict with `"verb"`, `"players"`, the number of weights of each network
        of each player, and `"controls"`, the user's choices for the verb.
    """
    return {
        "verb": gan.verb,
        "players": {
            player: {n.name: int(n.count_params()) for n in networks}
            for player, networks in gan.players().items()
        },
        "controls": [
            {"kind": type(c).__name__, "name": c.name, "help": c.help}
            for c in gan.controls
        ],
    }


def inference_copy(gan):
    """Returns an uncompiled copy of a model that makes the same images.

    The copy computes in float32, even if the training did not. In bfloat16,
    with its eight bits, each backend rounds to other images.
    """
    config = {**gan.get_config(), "dtype": "float32", "averaged": False}
    copy = type(gan).from_config(config)
    for name, network in copy.networks().items():
        network.set_weights(gan.best(name).get_weights())
    # The counters, which belong to no network.
    for theirs, ours in zip(*map(keras_private.own_variables, (gan, copy))):
        ours.assign(theirs)
    return copy


def _halve(path):
    """Stores the float32 weights of a `.keras` file in float16."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["model.weights.h5"] = storage.converted(
        members["model.weights.h5"],
        _as_float16,
        compression="gzip",
        shuffle=True,
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            # With a fixed date instead of the time of writing.
            archive.writestr(zipfile.ZipInfo(name), content)


def _as_float16(value):
    if value.dtype == "float32" and np.all(np.abs(value) <= LARGEST):
        return value.astype("float16")
    return value
