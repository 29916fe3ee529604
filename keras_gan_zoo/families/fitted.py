"""The training data of a model: `fit`, and the batches that it reads."""

import keras
from keras import ops

from keras_gan_zoo import engine
from keras_gan_zoo.engine import distribute, keras_private
from keras_gan_zoo.families import classes, frozen
from keras_gan_zoo.families.batches import (
    as_arrays,
    equal_parts,
    first_batch,
    large_enough,
    to_numpy,
)
from keras_gan_zoo.families.observer import Observer
from keras_gan_zoo.families.variants import number


class Fitted(keras_private.NoSymbolicBuild, keras.Model):
    """Checks the training data before training starts. Abstract."""

    #: The names of the members of a batch and the modality of each member.
    reads = {}
    #: Whether the members of a batch belong together, example by example.
    aligned = True
    #: Names of arguments of the class that the functions of data take, too.
    shared_with_data = ()

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        **kwargs,
    ):
        """Trains as `keras.Model.fit` does, after a check of the first batch.

        Args:
            x: array of samples, list of samples, tuple `(x, y)`, dataset of
                `keras_gan_zoo.data` or `tf.data`, `keras.utils.PyDataset`,
                PyTorch `DataLoader`, or generator of batches.
            y: array, list or pandas Series, the second member of each batch
                if `x` is an array, e.g. labels.
            batch_size: int, number of examples in a batch if `x` is an
                array. None is 32.
            epochs: int, number of passes over the data.
            verbose: `"auto"`, 0, 1 or 2, as in `keras.Model.fit`.
            callbacks: list of callbacks.
            **kwargs: further arguments of `keras.Model.fit`.

        Returns:
            `keras.callbacks.History` with the means of each epoch.

        Raises:
            ValueError: if `compile` was not called, if layers were frozen
                after `compile`, if a batch has a shape, type or range that
                the networks cannot learn from, if a batch of arrays is too
                small for its minibatches, or if there are weights for
                examples.
        """
        if not self.compiled:
            raise ValueError(
                f"{type(self).__name__} is not compiled. Expected compile() "
                "before fit(); without arguments it takes the settings of "
                "the paper. Received: a model that was not compiled."
            )
        frozen.check_unchanged(self)
        for name in ("sample_weight", "class_weight"):
            if kwargs.get(name) is not None:
                raise ValueError(
                    f"{type(self).__name__} weighs all examples equally. "
                    f"Expected no {name}. Received: {name}=... Repeat the "
                    "examples that should count more."
                )
        x, y = as_arrays(x, y)
        first, x = first_batch(x, y)
        self.check_batch(first)
        self._check_labels(y)
        if hasattr(x, "dtype"):  # an array, of which Keras makes batches
            self.check_batch_size(min(batch_size or 32, len(x)))
        elif first is not None:
            self.check_batch_size(len(keras.tree.flatten(first)[0]))
        devices = distribute.num_parts(self)
        equal_parts(x, first, batch_size, parts=devices)
        large_enough(x, first, batch_size, self.num_minibatches, devices)
        callbacks = [c for c in keras.tree.flatten(callbacks) if c is not None]
        for callback in list(callbacks):
            if isinstance(callback, Observer):
                callbacks = callback.before_fit(
                    callbacks, x, first, self.steps_per_execution
                )
        classes.remember_names(self, x)
        x = classes.checked(self, x)
        if not hasattr(x, "shape"):
            # Avoids the warning of Keras that it does not shuffle datasets.
            kwargs.setdefault("shuffle", False)
        if first is not None and not number(self.steps):
            size = (batch_size or 32) if hasattr(x, "dtype") else None
            cut = keras.tree.map_structure(lambda m: m[:size], first)
            self.before_first_step(cut)
        with self.stepping(), distribute.loss_of_a_worker_explained(self):
            return super().fit(
                x, y, batch_size, epochs, verbose, callbacks, **kwargs
            )

    def before_first_step(self, batch):
        """Prepares the networks by the first batch of a new training.

        Args:
            batch: the first batch, an array or a tuple of arrays.
        """

    @property
    def modalities(self):
        """Returns a dict from the members of a batch to their modalities."""
        raise NotImplementedError

    @classmethod
    def arguments_from(cls, shapes):
        """Returns the arguments of the class that follow from the data.

        Args:
            shapes: dict from the names in `reads` to the shape of one
                example, a tuple, or `()` for an int.

        Returns:
            Dict of arguments of the constructor.
        """
        return {
            modality.argument: tuple(shapes[name])
            for name, modality in cls.reads.items()
            if shapes[name]
        }

    @classmethod
    def compile_arguments_from(cls, total_steps):
        """Returns the arguments of `compile` that depend on the total steps.

        Args:
            total_steps: int, number of steps of the whole training.

        Returns:
            Dict of arguments of `compile`.
        """
        return {}

    def check_batch(self, batch):
        """Raises a `ValueError` if `fit` cannot learn from such batches.

        Args:
            batch: the first batch, an array or a tuple of arrays. None for
                data that cannot be looked at.
        """
        if batch is None:
            return
        members = batch if isinstance(batch, tuple) else (batch,)
        wanted = self.modalities
        there = [member for member in members if member is not None]
        if len(there) < len(wanted):
            received = ", ".join(f"an array of shape {m.shape}" for m in there)
            raise ValueError(
                f"{type(self).__name__} reads batches of {len(wanted)} "
                f"members. Expected ({', '.join(wanted)}), e.g. from "
                f"keras_gan_zoo.data. Received: {received} alone."
            )
        for (name, modality), member in zip(wanted.items(), members):
            modality.check(member, name)
        lengths = {n: len(m) for n, m in zip(wanted, members)}
        if self.aligned and len(set(lengths.values())) > 1:
            raise ValueError(
                "Each example has one entry in every member of a batch. "
                "Expected equal numbers of "
                f"{' and '.join(lengths)}. Received: "
                f"{', '.join(f'{n} {name}' for name, n in lengths.items())}."
            )

    @property
    def num_minibatches(self):
        """Returns the largest number of minibatches in a step's batch."""
        return self.discriminator_steps

    def _check_labels(self, y):
        """Checks all labels of an array, which is fast unlike for images."""
        for (name, modality), member in zip(
            self.modalities.items(), (None, to_numpy(y))
        ):
            if member is not None and member.ndim <= 2:
                modality.check(member, name)

    def check_batch_size(self, num):
        """Raises a `ValueError` if batches of `num` examples do not fit."""

    def members(self, data):
        """Returns the tensors of a batch that the model reads, a tuple.

        Args:
            data: a batch as a step gets it. Members that are not in
                `modalities` (labels for a model without classes) are left
                out.
        """
        there = keras.utils.unpack_x_y_sample_weight(data)
        return tuple(map(_as_tensor, there[: len(self.modalities)]))

    def minibatches(self, data):
        """Cuts a batch into one part for each discriminator step.

        Args:
            data: a batch as a step gets it.

        Returns:
            List of `discriminator_steps` tuples of tensors.
        """
        parts = self.discriminator_steps
        members = self.members(data)
        engine.require_rows(members[0], parts)
        return [
            tuple(member[part::parts] for member in members)
            for part in range(parts)
        ]


def _as_tensor(member):
    """Converts a member of a batch to the precision of the losses."""
    # In eager mode, JAX gets numpy arrays.
    member = ops.convert_to_tensor(member)
    if keras.backend.is_float_dtype(member.dtype):
        return ops.cast(member, keras.config.floatx())
    return member
