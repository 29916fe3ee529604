"""Settings by the size of the images, as the authors choose them."""

from keras_gan_zoo.families.averages import decay_of_half_life
from keras_gan_zoo.models.stylegan2.space import (
    PATH_LENGTH_EVERY,
    PENALTY_EVERY,
    lazy_adam,
)

#: The channels of a layer times the side of its features, of full width.
FULL_WIDTH = 32768


def batch_size_for(side):
    """Returns the batch size of one device for images of a size.

    Args:
        side: int, height and width of the images in pixels.

    Example:

    >>> batch_size_for(256), batch_size_for(1024)
    (16, 4)
    """
    return max(1, min(4096 // side, 32))


def automatic_settings(image_shape, batch_size=None, learning_rate=None):
    """Chooses the settings of `StyleGAN2` for your own pictures.

    The rules are those of the authors' code for StyleGAN2-ADA (Karras et al.,
    2020, https://arxiv.org/abs/2006.06676), `--cfg=auto` on one device. They
    are first guesses for any pictures:

    * gamma of R1 is 0.0002 * side^2 / batch. It matters most. For pictures
      that fail, try five times as much and a fifth. The authors used it from
      32 pixels on;
    * below 512 pixels, networks of half the width;
    * two layers of the mapping network;
    * a rate of 0.0025, from 1024 pixels on 0.002;
    * an average with a half-life of 10/32 of a batch in thousands of images;
    * adaptive augmentation, which does nothing while there are pictures
      enough.

    The authors also mirror the pictures: pass `flip=True` to
    `data.image_folder`, unless left and right differ, as they do in letters.

    Args:
        image_shape: tuple `(height, width, channels)`.
        batch_size: int, images of a step. None takes `batch_size_for` the
            shorter side.
        learning_rate: float or None, another rate of both players.

    Returns:
        Two dicts: arguments of `StyleGAN2`, and arguments of its `compile`.

    Raises:
        ValueError: if the batch size is less than 1.

    Example:

    >>> arguments, settings = automatic_settings((256, 256, 3))
    >>> arguments["channel_base"], settings["penalty_weight"]
    (16384, 0.8192)
    """
    height, width, _ = image_shape
    side = min(height, width)
    batch_size = batch_size_for(side) if batch_size is None else batch_size
    if batch_size < 1:
        raise ValueError(
            "gamma is divided by the batch size. Expected a batch_size of at "
            f"least 1. Received: batch_size={batch_size}"
        )
    if learning_rate is None:
        learning_rate = 0.002 if side >= 1024 else 0.0025
    arguments = {
        "image_shape": tuple(image_shape),
        "mapping_layers": 2,
        "channel_base": FULL_WIDTH if side >= 512 else FULL_WIDTH // 2,
        "group_size": min(batch_size, 4),
        "augmentation": "ada",
    }
    settings = {
        "generator_optimizer": lazy_adam(PATH_LENGTH_EVERY, learning_rate),
        "discriminator_optimizer": lazy_adam(PENALTY_EVERY, learning_rate),
        "penalty_weight": 0.0002 * side**2 / batch_size,
        "ema_decay": decay_of_half_life(batch_size, batch_size * 10_000 / 32),
    }
    return arguments, settings
