"""Affine maps of the plane, and images that are seen through them.

A map is a tensor `(batch, 3, 3)` with a matrix for each image. It takes the
place `(x, y, 1)` of a pixel of the result to its place in the image. Places
are in pixels from the center: x to the right and y down. In a product of maps,
the last one acts first.

Nothing here uses `keras.ops.image.affine_transform`: its second derivative is
wrong on TensorFlow, and its values are not reproducible on PyTorch.
"""

from keras import ops


def matrices(rows):
    """Returns a matrix for each image.

    Args:
        rows: list of rows, which are lists of entries. An entry is a number
            for all images or a tensor `(batch,)`. One entry is a tensor.

    Returns:
        Tensor `(batch, rows, entries)`.

    Example:

    >>> x = ops.array([2.0, 3.0])
    >>> ops.convert_to_numpy(matrices([[x, 0], [0, 1]])[1]).tolist()
    [[3.0, 0.0], [0.0, 1.0]]
    """
    zero = sum(e for row in rows for e in row if ops.is_tensor(e)) * 0
    return ops.stack(
        [ops.stack([zero + e for e in row], axis=-1) for row in rows], axis=-2
    )


def product(first, second):
    """Multiplies matrices, in full precision also on GPUs.

    GPUs multiply matrices with 10 bits of the mantissa. This would move the
    pixels.

    Args:
        first: tensor `(batch, n, n)`.
        second: tensor `(batch, n, n)`.

    Returns:
        Tensor `(batch, n, n)`.

    Example:

    >>> half = scaling(ops.array([0.5]), 1)
    >>> float(product(half, half)[0, 0, 0])
    0.25
    """
    return ops.sum(first[:, :, :, None] * second[:, None, :, :], axis=2)


def scaling(x, y):
    """Returns maps that multiply places by factors.

    Args:
        x: tensor `(batch,)` or number, factor to the right.
        y: tensor `(batch,)` or number, factor down. One of the two is a
            tensor.

    Example:

    >>> ops.convert_to_numpy(scaling(ops.array([-1.0]), 1)[0]).tolist()
    [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return matrices([[x, 0, 0], [0, y, 0], [0, 0, 1]])


def shift(x, y):
    """Returns maps that add to places.

    Args:
        x: tensor `(batch,)` or number, pixels to the right.
        y: tensor `(batch,)` or number, pixels down. One of the two is a
            tensor.

    Example:

    >>> ops.convert_to_numpy(shift(ops.array([4.0]), 2)[0]).tolist()
    [[1.0, 0.0, 4.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0]]
    """
    return matrices([[1, 0, x], [0, 1, y], [0, 0, 1]])


def rotation(angle):
    """Returns maps that turn places around the center, from x to y.

    Args:
        angle: tensor `(batch,)` in radians.

    Example:

    >>> ops.convert_to_numpy(rotation(ops.array([0.0]))[0]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return _turned(ops.cos(angle), ops.sin(angle))


def quarter_turns(number):
    """Returns maps that turn places by quarters of a full turn, exactly.

    Args:
        number: float tensor `(batch,)` of whole numbers.

    Example:

    >>> ops.convert_to_numpy(quarter_turns(ops.array([1.0]))[0]).tolist()
    [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    angle = number * 1.5707963267948966
    # Adding 0 makes -0 to 0.
    return _turned(ops.round(ops.cos(angle)) + 0, ops.round(ops.sin(angle)) + 0)


def _turned(cos, sin):
    return matrices([[cos, 0 - sin, 0], [sin, cos, 0], [0, 0, 1]])


def sample(images, maps):
    """Returns images whose pixels come from the places that the maps say.

    Interpolates linearly between the four nearest pixels, which one gather
    reads. Outside of the image there is its reflection, which does not repeat
    the pixels of the border. Differentiable twice with respect to the images.

    Args:
        images: float tensor `(batch, height, width, channels)`.
        maps: tensor `(batch, 3, 3)`.

    Returns:
        Tensor of the shape of `images`.

    Example:

    >>> image = ops.reshape(ops.arange(3.0), (1, 1, 3, 1))
    >>> found = sample(image, shift(ops.array([0.5]), 0))[0, 0, :, 0]
    >>> ops.convert_to_numpy(found).tolist()
    [0.5, 1.5, 1.5]
    """
    height, width, channels = images.shape[1:]
    x, y = _from_center(width, maps.dtype), _from_center(height, maps.dtype)
    columns, rows = (
        maps[:, axis, 0][:, None, None] * x[None, None, :]
        + maps[:, axis, 1][:, None, None] * y[None, :, None]
        + maps[:, axis, 2][:, None, None]
        + (side - 1) / 2
        for axis, side in ((0, width), (1, height))
    )
    first = ops.arange(ops.shape(images)[0], dtype="int32") * (height * width)
    places, shares = [], []
    for row, of_row in _neighbors(rows, height):
        for column, of_column in _neighbors(columns, width):
            places.append(first[:, None, None] + row * width + column)
            shares.append(of_row * of_column)
    pixels = ops.take(
        ops.reshape(images, (-1, channels)), ops.stack(places), axis=0
    )
    shares = ops.cast(ops.stack(shares), images.dtype)
    return ops.sum(pixels * shares[..., None], axis=0)


def _from_center(side, dtype):
    return ops.cast(ops.arange(side), dtype) - (side - 1) / 2


def _neighbors(places, side):
    """Yields the pixels before and after places, and their shares."""
    before = ops.floor(places)
    after_share = places - before
    before = ops.cast(before, "int32")
    yield _reflected(before, side), 1 - after_share
    yield _reflected(before + 1, side), after_share


def _reflected(places, side):
    period = max(1, 2 * (side - 1))
    places = ops.abs(places) % period
    return ops.minimum(places, period - places)
