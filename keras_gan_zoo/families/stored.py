"""Saving, sharing and loading of models.

In a training on several machines, only the chief worker writes. The other
workers may call all of these methods, too.
"""

import pathlib

import keras
from keras import ops

from keras_gan_zoo.engine import distribute, keras_private
from keras_gan_zoo.families import frozen
from keras_gan_zoo.files import atomic, lookup, presets, storage, warned


class Stored(keras.Model):
    """Saves a model in complete files that include the seeds. Abstract."""

    def save(self, filepath, overwrite=True, **kwargs):
        """Saves as `keras.Model.save` does, but never leaves a partial file.

        If the process is killed, the old or the new file exists.

        Args:
            filepath: path of the file, which ends in `.keras`.
            overwrite: bool. If False, an existing file is an error.
            **kwargs: further arguments of `keras.Model.save`.

        Raises:
            ValueError: if the name does not end in `.keras`: files of other
                kinds cannot be loaded. Also if layers were frozen after
                `compile`, so that the optimizers do not fit.
            FileExistsError: if the file exists and `overwrite` is False.
        """
        if pathlib.PurePath(filepath).suffix != ".keras":
            raise ValueError(
                "Models can be loaded only from files in Keras' own format. "
                "Expected a name that ends in .keras. "
                f"Received: {filepath}. For weights alone there is "
                "save_weights('....weights.h5'), for other programs "
                "gan.export(folder)."
            )
        if self.compiled:
            frozen.check_unchanged(self)
        self._write(super().save, filepath, overwrite, **kwargs)

    def export(
        self,
        filepath,
        format="tf_saved_model",
        network=None,
        overwrite=False,
        **kwargs,
    ):
        """Exports the network that users run, for other programs.

        Args:
            filepath: path of the folder or file to write.
            format: `"tf_saved_model"`, `"onnx"`, `"litert"` or another
                format of `keras.Model.export`.
            network: name of the network, e.g. `"generator_ab"`, or None if
                users run only one.
            overwrite: bool. If False, an existing folder or file is an error.
            **kwargs: further arguments of `keras.Model.export`.

        Raises:
            ValueError: if there are several networks and none is named, or
                there is none of this name.
            FileExistsError: if the path exists and `overwrite` is False.
        """
        path = pathlib.Path(filepath).expanduser()
        if path.exists() and not overwrite:
            raise FileExistsError(
                "An export never replaces another one by itself. Expected a "
                f"new path, or overwrite=True. Received: {path}, which exists."
            )
        names = self.averages or tuple(self.networks())
        if network is None and len(names) > 1:
            raise ValueError(
                f"A {type(self).__name__} is several networks, and other "
                "programs run one. Expected "
                + " or ".join(f"network={name!r}" for name in names)
                + ". Received: network=None."
            )
        exported = self.servable(network or names[0])
        if format == "onnx":  # Keras wants a network that was called
            exported(keras.tree.map_structure(_one, exported.input))
        exported.export(str(path), format=format, **kwargs)

    def servable(self, name):
        """Returns the network of this name in the form that is exported.

        Its average, if there is one.

        Args:
            name: attribute name of a network.

        Raises:
            ValueError: if there is no such network.
        """
        lookup.look_up(name, self.networks(), "network")
        return self.best(name)

    def save_weights(self, filepath, overwrite=True, **kwargs):
        """Saves as `keras.Model.save_weights`; leaves no partial file."""
        self._write(super().save_weights, filepath, overwrite, **kwargs)

    def load_weights(self, filepath, *args, **kwargs):
        """Loads as `keras.Model.load_weights`, and warns of what is left out.

        A model that is not compiled loads the averages in the file. A model
        that was compiled without `ema_decay` warns that it drops them.

        Args:
            filepath: path of the file.
            *args: further arguments of `keras.Model.load_weights`.
            **kwargs: further arguments of `keras.Model.load_weights`.

        Raises:
            ValueError: if the model averages its weights, and the file holds
                no average.
        """
        held = storage.holds_averages(filepath, self.averages)
        if self.averaged and held is False:
            raise ValueError(
                "A model that averages its weights loads the average, too. "
                "Expected a file of a model that was compiled with "
                f"ema_decay. Received: {filepath}, which holds no average. "
                "Load it before compile(ema_decay=...): the average then "
                "starts at the loaded weights."
            )
        if held and not self.averaged:
            if self.compiled:
                warned.warn(
                    f"{filepath} holds an average of the weights, which this "
                    "model does not use: it was compiled without ema_decay. "
                    "Compile it with the ema_decay of the training to "
                    "restore the average."
                )
            else:
                self.keep_averages(True)
        super().load_weights(filepath, *args, **kwargs)

    def _write(self, save, path, overwrite, **kwargs):
        if distribute.is_chief(self):
            atomic.write_atomically(
                path, lambda path: save(path, **kwargs), overwrite
            )

    def save_to_preset(self, folder, **card):
        """Writes the networks and a card, to be shared.

        Args:
            folder: path of the folder for `model.keras` and `card.json`.
            **card: entries of the card, e.g. `description`, `data`,
                `licence`, `command`, `metrics`.

        Raises:
            FileExistsError: if the folder holds a model.
        """
        path = pathlib.Path(folder).expanduser() / "model.keras"
        if path.exists():
            raise FileExistsError(
                f"Expected a new folder. Received: {folder}, which holds a "
                "model. Choose another name."
            )
        if distribute.is_chief(self):
            presets.write(self, path, **card)

    @classmethod
    def from_preset(cls, preset, sha256=None):
        """Loads a preset of this class, as `keras_gan_zoo.from_preset` does.

        Raises:
            ValueError: if the preset belongs to another class.
        """
        model = presets.from_preset(preset, sha256)
        if not isinstance(model, cls):
            raise ValueError(
                f"{preset} is a {type(model).__name__}. Expected: "
                f"{type(model).__name__}.from_preset({str(preset)!r}). "
                f"Received: {cls.__name__}.from_preset."
            )
        return model

    def _seed_states(self):
        """Returns the variables that Keras does not save: all the seeds."""
        kept = {id(v) for v in self.weights}
        return [v for v in self.variables if id(v) not in kept]

    def save_own_variables(self, store):
        super().save_own_variables(store)
        for index, state in enumerate(self._seed_states()):
            store[f"seed_{index}"] = ops.convert_to_numpy(state)

    def load_own_variables(self, store):
        own = keras_private.own_variables(self)
        seeds = self._seed_states()
        names = [str(i) for i in range(len(own))]
        names += [f"seed_{i}" for i in range(len(seeds))]
        if set(store.keys()) != set(names):
            raise ValueError(
                f"The file was not written by this {type(self).__name__}. "
                f"Expected the variables {names}. "
                f"Received: {sorted(store.keys())}"
            )
        for name, variable in zip(names, own + seeds):
            variable.assign(store[name])


def _one(tensor):
    """Returns zeros in place of a symbolic tensor, in a batch of one."""
    return ops.zeros((1, *(size or 64 for size in tensor.shape[1:])))


def deserialized(config):
    """Returns the arguments in a config, with Keras objects deserialized."""
    return {key: _deserialized(value) for key, value in config.items()}


def _deserialized(value):
    if isinstance(value, list):
        return [_deserialized(item) for item in value]
    if isinstance(value, dict) and "class_name" in value:
        return keras.saving.deserialize_keras_object(value)
    return value
