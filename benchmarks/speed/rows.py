"""What is measured: an architecture at its standard size and batch.

Plain data, so that the command itself imports neither Keras nor PyTorch.
"""

import dataclasses

import numpy as np

NUM_CLASSES = 10


@dataclasses.dataclass(frozen=True)
class Row:
    """An architecture, its size, and how `compile` and `fit` are called.

    Args:
        model: name of a class of keras_gan_zoo.
        batch_size: int.
        sizes: dict, arguments of the class.
        settings: dict, arguments of its `compile` besides
            `steps_per_execution`.
        steps_per_execution: int, as the README recommends for this size.
        num_images: int, random images that are trained on.
    """

    model: str
    batch_size: int
    sizes: dict
    settings: dict = dataclasses.field(default_factory=dict)
    steps_per_execution: int = 1
    num_images: int = 2048

    def gan(self, dtype):
        """The model, not compiled; `dtype` as in `keras.Model`, or None."""
        import keras

        import keras_gan_zoo as kgz

        keras.utils.set_random_seed(0)
        make = getattr(kgz, self.model)
        return make(**self.sizes, seed=0, dtype=dtype)

    def arrays(self):
        """What there is to learn from: one array, or two of one length."""
        rng = np.random.default_rng(0)
        shape = (self.num_images, *self.sizes["image_shape"])
        images = rng.uniform(-1, 1, shape).astype("float32")
        if self.model in ("Pix2Pix", "CycleGAN"):
            return images, images[::-1].copy()
        if self.model == "ConditionalGAN":
            return images, rng.integers(NUM_CLASSES, size=len(images))
        return (images,)

    def batches(self):
        """The same as an endless `tf.data` of batches, as our users get it."""
        import keras_gan_zoo as kgz

        make = {
            "Pix2Pix": kgz.data.paired_arrays,
            "CycleGAN": kgz.data.unpaired_arrays,
        }.get(self.model, kgz.data.arrays)
        return make(*self.arrays(), batch_size=self.batch_size).repeat()


ROWS = {
    "vanilla_28": Row(
        "VanillaGAN", 64, {"image_shape": (28, 28, 1)}, steps_per_execution=32
    ),
    "dcgan_28": Row("DCGAN", 128, {"image_shape": (28, 28, 1)}),
    "dcgan_64": Row("DCGAN", 64, {"image_shape": (64, 64, 3)}, num_images=512),
    "conditional_28": Row("ConditionalGAN", 128, {"image_shape": (28, 28, 1)}),
    "infogan_28": Row("InfoGAN", 128, {"image_shape": (28, 28, 1)}),
    "pix2pix_128": Row(
        "Pix2Pix", 1, {"image_shape": (128, 128, 3)}, num_images=32
    ),
    "cyclegan_128": Row(
        "CycleGAN", 1, {"image_shape": (128, 128, 3)}, num_images=32
    ),
    # At its final size from the start, with the widths of progan.py: the
    # paper's 512 channels take minutes per step on two cores.
    "progan_32": Row(
        "ProGAN",
        32,
        {
            "image_shape": (32, 32, 3),
            "latent_dim": 64,
            "fmap_base": 1024,
            "fmap_max": 64,
        },
        {"phase_images": 0},
        num_images=256,
    ),
}
