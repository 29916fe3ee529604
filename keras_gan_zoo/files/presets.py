"""Pretrained models: load one in a line, write one to share.

A preset is a folder with a file `model.keras` and a card `card.json`, which
says what the model is, where it comes from and how good it is. Those that ship
with the package have a picture, `sample.png`, and `recipe.json`, how they were
trained and are measured. They need no network.
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

#: Of float16. Weights beyond stay in float32; only statistics can be so large.
LARGEST = float(np.finfo(np.float16).max)


def from_preset(preset, sha256=None):
    """Loads a pretrained model.

    It is not compiled: it generates at once, and `compile()` and `fit` train
    it further. No code from the file is run.

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
        ValueError: if there is no such preset, its file is not the one that
            the card describes, or it is of a newer form.

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
    """Path of the file of a URL, in Keras' cache or in `cache_dir`."""
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
    except Exception as error:  # of urllib, or Keras' wrong hash
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
            f"{path} is not the file of the card beside it. Expected the "
            f"SHA-256 {card['sha256']}. Received: {found}. Take both from "
            "their source again."
        )
    return storage.load(path, compile=False)


# ------------------------------------------------------------------- writing


def write(gan, path, **card):
    """Writes a preset: the file and its card.

    The file holds the networks and nothing of the training: no optimizer,
    and of an averaged generator the average alone. Weights are stored in
    float16, half the size; images change by less than 1e-2. What is loaded
    computes in float32.

    Args:
        gan: a trained model.
        path: path of the `.keras` file.
        **card: what else the card shall say, for JSON.
    """
    path = pathlib.Path(path)
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
    """How a model was made and compiled, a dict for a card.

    Returns:
        Dict with `"config"`, the arguments of the class, and `"compile"`,
        those of `compile()`, or None if it is not compiled.
    """
    config = gan.get_config()
    config.pop("averaged", None)
    settings = gan.get_compile_config() if gan.compiled else None
    return json.loads(json.dumps({"config": config, "compile": settings}))


def description(gan):
    """What `describe` says of a model, a dict for a card.

    Returns:
        Dict with `"verb"`, `"players"`, the weights of each network of each
        player, and `"controls"`, what the verb lets its user choose.
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
    """A model of its own, not compiled, that makes the same images.

    In float32, also where the training was not: in bfloat16, of eight bits,
    each backend rounds to images of its own.
    """
    config = {**gan.get_config(), "dtype": "float32", "averaged": False}
    copy = type(gan).from_config(config)
    for name, network in copy.networks().items():
        network.set_weights(gan.best(name).get_weights())
    # The counters, which belong to none of the networks.
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
            # With a fixed date, not that of the writing.
            archive.writestr(zipfile.ZipInfo(name), content)


def _as_float16(value):
    if value.dtype == "float32" and np.all(np.abs(value) <= LARGEST):
        return value.astype("float16")
    return value
