"""Loads model files strictly, with errors that say what is wrong."""

import contextlib
import importlib
import io
import json
import pathlib
import tempfile
import warnings
import zipfile

import h5py
import keras
import numpy as np

from keras_gan_zoo.engine import keras_private
from keras_gan_zoo.files import registry


def load(path, compile=True):
    """Loads a model file and checks it strictly.

    Works like `keras.saving.load_model`, but examines the file first, so
    that the error names the defect. A partly restored optimizer is an error
    instead of a warning. Weights that are not finite are refused. No code
    from the file is run.

    Args:
        path: path of a `.keras` file written by `gan.save`.
        compile: bool, whether to restore the optimizers for more training.

    Returns:
        The model.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is damaged, not a model of this package, or
            does not match.

    Example:

    >>> import tempfile
    >>> import keras_gan_zoo as kgz
    >>> gan = kgz.VanillaGAN((8, 8, 1), generator_units=(16,))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gan.save(f"{folder}/gan.keras")
    ...     again = kgz.load(f"{folder}/gan.keras")
    >>> again.image_shape
    (8, 8, 1)
    """
    path = pathlib.Path(path).expanduser()
    config = _read_config(path)
    _import_class(config)  # Keras can only restore imported classes
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Skipping")
            restore = keras.saving.load_model if compile else load_quickly
            model = restore(path)
    except (
        ValueError,
        TypeError,
        KeyError,
        OSError,
        UserWarning,
        AttributeError,
        RuntimeError,  # from h5py, for a file that is damaged inside
        json.JSONDecodeError,
    ) as error:
        raise ValueError(
            f"Expected a model of keras_gan_zoo in {path}. Received: a file "
            f"of class {config.get('class_name')!r} that cannot be restored: "
            f"{str(error).strip()[:500]} If the class is your own, import "
            "the module that registers it before loading."
        ) from error
    if not hasattr(model, "players"):
        raise ValueError(
            f"Expected a model of keras_gan_zoo in {path}. Received: a "
            f"{type(model).__name__!r}; load it with "
            "keras.saving.load_model."
        )
    variable = first_not_finite(model.weights)
    if variable is not None:
        raise ValueError(
            f"Expected finite weights in {path}. Received: NaN or "
            f"infinity in {variable.path!r}. The training had diverged "
            "when it was saved: load an earlier checkpoint."
        )
    return model


def load_quickly(path):
    """Loads a file of any Keras model, without optimizers.

    Works like `keras.saving.load_model(path, compile=False)`, but does not
    draw initial weights and does not convert numbers on the device. JAX
    compiles both for each shape, which takes most of the time.

    Args:
        path: path of a `.keras` file.

    Returns:
        The model, not compiled.
    """
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        weights = archive.read("model.weights.h5")
    model = _of_zeros({**config, "compile_config": None})
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "model.weights.h5"
        file.write_bytes(converted(weights, _as_float32))
        model.load_weights(file)
    return model


def _of_zeros(config):
    with keras.StatelessScope():  # variables get their values at its end
        model = keras.saving.deserialize_keras_object(config)
        for variable in model.variables:
            if keras.backend.is_float_dtype(variable.dtype):
                keras_private.set_initializer(variable, _zeros)
    return model


def _zeros(shape, dtype=None):
    # From numpy, so that not even zeros are compiled.
    return keras.ops.convert_to_tensor(np.zeros(shape, "float32"), dtype)


def _as_float32(value):
    return value.astype("float32") if value.dtype == "float16" else value


def converted(weights, convert, **options):
    """Converts each array of a weights file.

    Args:
        weights: bytes of an HDF5 file.
        convert: function of a numpy array that returns another one.
        **options: arguments of `h5py.Group.create_dataset`, for arrays of
            more than 1,000 numbers.

    Returns:
        Bytes of the new file.
    """
    content = io.BytesIO()
    with (
        h5py.File(io.BytesIO(weights)) as source,
        h5py.File(content, "w") as target,
    ):

        def copy(name, item):
            if isinstance(item, h5py.Group):
                written = target.require_group(name)
            else:
                value = convert(item[()])
                chosen = options if value.size > 1000 else {}
                written = target.create_dataset(
                    name, data=value, track_times=False, **chosen
                )
            written.attrs.update(item.attrs)

        target.attrs.update(source.attrs)
        source.visititems(copy)
    return content.getvalue()


def holds_averages(path, names):
    """Says whether a file of weights holds averages of networks.

    Args:
        path: path of a `.weights.h5` or `.keras` file.
        names: names of the networks that may be averaged.

    Returns:
        bool, or None if the file cannot be read.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                path = io.BytesIO(archive.read("model.weights.h5"))
        with h5py.File(path, "r") as file:
            groups = [file.get(f"ema_{name}") for name in names]
            return any(bool(group) for group in groups)
    except (OSError, KeyError):
        return None  # loading will report the error


def first_not_finite(variables):
    """Returns the first variable of a list with NaN or infinity, or None."""
    for variable in variables:
        value = keras.ops.convert_to_numpy(variable)
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            return variable
    return None


def _import_class(config):
    """Imports the class of a config, if it belongs to this package."""
    known = registry.of_class(config.get("class_name"))
    module = str(config.get("module"))
    if known is not None:
        known.load()
    elif module.startswith(f"{__package__.partition('.')[0]}."):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def _read_config(path):
    """Returns the model's config.json after checking the whole file."""
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"Expected a model file. Received: {path}, which does not exist "
            f"in {path.parent.resolve()}."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            if damaged:
                raise zipfile.BadZipFile(f"wrong checksum of {damaged}")
            missing = {"config.json", "model.weights.h5"} - set(
                archive.namelist()
            )
            if missing:
                raise zipfile.BadZipFile(f"it lacks {sorted(missing)}")
            config = json.loads(archive.read("config.json"))
            if not isinstance(config, dict):
                raise zipfile.BadZipFile("its config.json is no object")
            return config
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise ValueError(
            f"Expected a whole .keras file. Received: {path} of "
            f"{path.stat().st_size} bytes, which is truncated, damaged or "
            f"something else: {error}. Get it from its source again, or "
            "load an earlier checkpoint."
        ) from error
