"""Holes for inpainting: values that draw masks inside the training step.

A mask is 1 where a pixel is missing and 0 where it is known. Models draw a new
mask for each image at each step, from their own seeds. So masks differ between
replicas, and a training that is resumed draws the masks that it would have
drawn. All sizes are shares of the image, so that one value serves images of
any size.
"""

import keras
import numpy as np
from keras import ops

from keras_gan_zoo.files.lookup import look_up


class Masks:
    """Draws masks for a batch of images. Abstract.

    Example, the left half of each image:

    >>> class LeftHalf(Masks):
    ...     def __call__(self, num, size, seed):
    ...         left = ops.arange(size[1]) < size[1] // 2
    ...         mask = ops.cast(left[None, None, :, None], "float32")
    ...         return ops.broadcast_to(mask, (num, *size, 1))
    >>> ops.convert_to_numpy(LeftHalf()(1, (1, 4), seed=0)).ravel()
    array([1., 1., 0., 0.], dtype=float32)
    """

    def __call__(self, num, size, seed):
        """Draws masks, inside or outside of a step.

        Args:
            num: int or scalar tensor, number of masks.
            size: tuple of ints, `(height, width)`.
            seed: int or seed generator.

        Returns:
            float32 tensor `(num, height, width, 1)` of zeros and ones.
        """
        raise NotImplementedError

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("keras_gan_zoo")
class CenterMask(Masks):
    """Removes a rectangle in the middle of each image.

    Args:
        share: float in (0, 1), height and width of the hole as a share of
            the height and the width of the image.
        margin: int, number of pixels by which the hole is smaller on each
            side.

    Raises:
        ValueError: if `share` is out of range. A hole that is empty because
            of its margin is an error of the call.

    Example:

    >>> ops.convert_to_numpy(CenterMask(0.5)(1, (1, 4), seed=0)).ravel()
    array([0., 1., 1., 0.], dtype=float32)
    """

    def __init__(self, share=0.5, margin=0):
        _check_range("share", share, share)
        self.share = float(share)
        self.margin = int(margin)

    def __call__(self, num, size, seed=None):
        inside = []
        for side in size:
            hole = _pixels(side, self.share) - 2 * self.margin
            if hole < 1:
                raise ValueError(
                    "The margin leaves no hole. Expected a margin of less "
                    f"than half the hole. Received: margin={self.margin} in "
                    f"a hole of {hole + 2 * self.margin} pixels."
                )
            start = (side - hole) // 2
            place = np.arange(side)
            inside.append((place >= start) & (place < start + hole))
        mask = np.logical_and.outer(*inside)[None, ..., None]
        mask = ops.convert_to_tensor(mask.astype("float32"))
        return ops.broadcast_to(mask, (num, *size, 1))

    def get_config(self):
        return {"share": self.share, "margin": self.margin}


@keras.saving.register_keras_serializable("keras_gan_zoo")
class RandomRectangles(Masks):
    """Removes rectangles of random sizes at random places.

    Height and width are drawn separately. Rectangles may overlap.

    Args:
        least: float in (0, 1), the smallest height and width as a share of
            the height and the width of the image.
        most: float in (0, 1), the largest height and width, at least `least`.
        rectangles: int, number of rectangles in each image.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> masks = RandomRectangles(least=0.25, most=0.5)(9, (8, 8), seed=0)
    >>> areas = ops.convert_to_numpy(masks).sum((1, 2, 3))
    >>> bool(areas.min() >= 4), bool(areas.max() <= 16)
    (True, True)
    """

    def __init__(self, least=0.25, most=0.5, rectangles=1):
        _check_range("least and most", least, most)
        if rectangles < 1 or rectangles % 1:
            raise ValueError(
                "Expected at least one rectangle in each image. Received: "
                f"rectangles={rectangles}"
            )
        self.least = float(least)
        self.most = float(most)
        self.rectangles = int(rectangles)

    def __call__(self, num, size, seed):
        drawn = keras.random.uniform((num, self.rectangles, 4), seed=seed)
        inside = []
        for axis, side in enumerate(size):
            least, most = (_pixels(side, s) for s in (self.least, self.most))
            # Uniform numbers are below 1: every whole number is equally likely.
            length = ops.floor(drawn[..., axis] * (most - least + 1)) + least
            start = ops.floor(drawn[..., 2 + axis] * (side - length + 1))
            place = ops.arange(side, dtype="float32")
            start, length = start[..., None], length[..., None]
            inside.append((place >= start) & (place < start + length))
        rows, columns = inside
        both = rows[..., :, None] & columns[..., None, :]
        return ops.cast(ops.any(both, axis=1), "float32")[..., None]

    def get_config(self):
        return {
            "least": self.least,
            "most": self.most,
            "rectangles": self.rectangles,
        }


@keras.saving.register_keras_serializable("keras_gan_zoo")
class RandomRegions(Masks):
    """Removes regions of any form: the dark parts of smooth random noise.

    As the random regions of Context Encoders (Pathak et al., 2016,
    https://arxiv.org/abs/1604.07379): random numbers on a coarse grid are
    enlarged smoothly, and a part of the pixels is removed.

    Args:
        least: float in (0, 1), the smallest share of the pixels that is
            removed.
        most: float in (0, 1), the largest share, at least `least`.
        cells: float > 0, cells of the coarse grid along each side of the
            image. Few cells give few large holes.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> masks = RandomRegions(0.25, 0.25)(4, (16, 16), seed=0)
    >>> ops.convert_to_numpy(masks).mean((1, 2, 3))
    array([0.25, 0.25, 0.25, 0.25], dtype=float32)
    """

    def __init__(self, least=0.2, most=0.3, cells=8.0):
        _check_range("least and most", least, most)
        if not cells > 0:
            raise ValueError(
                "The noise lies on a grid. Expected a positive number of "
                f"cells along each side. Received: cells={cells}"
            )
        self.least = float(least)
        self.most = float(most)
        self.cells = float(cells)

    def __call__(self, num, size, seed):
        rows, columns = (_spline(side, self.cells) for side in size)
        knots = rows.shape[1], columns.shape[1]
        # In one draw: an int as seed would give the same numbers twice.
        drawn = keras.random.uniform((num, knots[0] * knots[1] + 1), seed=seed)
        noise = ops.reshape(drawn[:, 1:], (-1, *knots))
        share = self.least + (self.most - self.least) * drawn[:, :1]
        smooth = ops.einsum("hk,nkl,wl->nhw", rows, noise, columns)
        flat = ops.reshape(smooth, (-1, size[0] * size[1]))
        removed = ops.cast(ops.round(share * size[0] * size[1]), "int32")
        last = ops.clip(removed - 1, 0, size[0] * size[1] - 1)
        limit = ops.take_along_axis(ops.sort(flat, axis=-1), last, axis=-1)
        mask = ops.cast(flat <= limit, "float32")
        return ops.reshape(mask, (-1, *size, 1))

    def get_config(self):
        return {"least": self.least, "most": self.most, "cells": self.cells}


#: The masks that have a name, e.g. on the command line.
MASKS = {
    "center": CenterMask,
    "rectangles": RandomRectangles,
    "regions": RandomRegions,
}


def get(identifier):
    """Returns masks from their name or their config, or unchanged.

    Args:
        identifier: a name in `MASKS`, a dict that
            `keras.saving.serialize_keras_object` makes, or `Masks`.

    Returns:
        `Masks`.

    Raises:
        ValueError: if there are no masks of this name.

    Example:

    >>> get("center").share
    0.5
    """
    if isinstance(identifier, Masks):
        return identifier
    if isinstance(identifier, dict):
        return keras.saving.deserialize_keras_object(identifier)
    return look_up(identifier, MASKS, "mask")()


def squared_error(real, outputs, weights, region=None):
    """Computes the weighted mean squared error in a region of each image.

    Args:
        real: tensor `(batch, height, width, channels)`.
        outputs: tensor like `real`.
        weights: tensor `(batch, height, width, 1)`, the weight of each pixel,
            0 outside of the region.
        region: tensor like `weights`: 1 in the region, 0 elsewhere. The
            error is divided by its number of pixels. None is `weights`.

    Returns:
        Scalar, the mean over the batch.

    Example:

    >>> real, outputs = ops.zeros((1, 1, 2, 3)), ops.ones((1, 1, 2, 3))
    >>> float(squared_error(real, outputs, ops.array([[[[0.0], [1.0]]]])))
    1.0
    """
    region = weights if region is None else region
    squares = ops.mean(ops.square(outputs - real), axis=-1, keepdims=True)
    errors = ops.sum(weights * squares, axis=(1, 2, 3))
    pixels = ops.sum(region, axis=(1, 2, 3))
    return ops.mean(errors / ops.maximum(pixels, 1.0))


def _check_range(names, least, most):
    if not 0 < least <= most < 1:
        raise ValueError(
            "A hole is a part of the image. Expected "
            f"{names} between 0 and 1, in rising order. Received: "
            f"{least} and {most}."
        )


def _pixels(side, share):
    """Returns a share of a side in pixels, at least one."""
    return max(1, round(side * share))


def _spline(side, cells):
    """Returns the weights of knots for pixels: a cubic B-spline.

    Args:
        side: int, number of pixels.
        cells: float, number of cells.

    Returns:
        numpy float32 array `(side, knots)`. Each row adds up to 1.
    """
    place = (np.arange(side) + 0.5) / side * cells
    knots = np.arange(-1, int(np.ceil(cells)) + 2)
    away = np.abs(place[:, None] - knots)
    near = 2 / 3 - away**2 + away**3 / 2
    far = np.clip(2 - away, 0, None) ** 3 / 6
    return np.where(away < 1, near, far).astype("float32")
