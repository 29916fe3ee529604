"""Small images that a model makes larger."""

from keras_gan_zoo.modalities.image import Image


class Thumbnail(Image):
    """Describes images of low resolution that belong to larger images.

    It is an `Image`. Sources of data make it from the larger image.

    Args:
        shape: tuple `(height, width, channels)`.

    Example:

    >>> Thumbnail((24, 24, 3)).describe()
    '24 x 24 pixels, color'
    """

    kind = "thumbnail"
