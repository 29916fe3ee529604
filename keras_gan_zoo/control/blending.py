"""Blends pictures in the gradient domain, so that no seam is seen.

What the eye sees of a seam are its steps. Both solvers here look for the
picture whose differences between neighboring pixels are closest to given
differences, which have no step at the seam.
"""

import numpy as np
from scipy import fft, sparse
from scipy.sparse import linalg


def blend(
    source, target, mask=None, *, color_weight=None, color=None, sigma=0.5
):
    """Puts a part of one picture into another one, without a seam.

    Without `color_weight` this is Poisson blending (Perez et al., 2003,
    https://doi.org/10.1145/882262.882269). The target does not change outside
    the mask. Within the mask, the result has the differences of the source
    and meets the target at the border. The equations are solved exactly.

    With `color_weight` it is the solver of GP-GAN (Wu et al., 2019,
    https://arxiv.org/abs/1703.07195, section 3.3), and the whole picture may
    change. It minimizes `|grad x - v|^2 + color_weight |L x - L color|^2`. The
    differences v are those of the source within the mask, and those of the
    target elsewhere. L is a Gaussian blur, so only coarse colors count. The
    cosine transform solves it at once, without a pyramid of sizes. At its
    borders, the picture continues as in a mirror.

    Args:
        source: float array `(height, width, channels)` in [-1, 1], the
            picture to take a part of.
        target: float array of the same shape, the picture to put it into.
        mask: array `(height, width)` or `(height, width, 1)`. 1 takes the
            source, 0 the target. With `color_weight` it may be between both,
            or None for the whole source.
        color_weight: float of at least 0, or None for Poisson blending. 0
            has the differences alone, with the mean of `color`.
        color: float array like `source`, the picture with the coarse colors,
            for example from a network. None is the source within the mask
            and the target elsewhere. Only with `color_weight`.
        sigma: float, width of the Gaussian in pixels. Only with
            `color_weight`.

    Returns:
        float32 array `(height, width, channels)`, clipped to [-1, 1].

    Raises:
        ValueError: if shapes do not fit, the mask has no pixel or, without
            `color_weight`, all pixels, or if a setting is out of range.

    Example:

    >>> source = np.linspace(-1, 0, 8)[:, None, None] * np.ones((8, 8, 1))
    >>> mask = np.zeros((8, 8))
    >>> mask[2:6, 2:6] = 1
    >>> blended = blend(source, source + 0.5, mask)  # another brightness
    >>> bool(np.allclose(blended, source + 0.5))
    True
    """
    source, target = np.asarray(source, float), np.asarray(target, float)
    if source.ndim != 3 or source.shape != target.shape:
        raise ValueError(
            "Two pictures are blended pixel by pixel. Expected source and "
            "target of one shape (height, width, channels). Received: "
            f"source.shape={source.shape}, target.shape={target.shape}. "
            "Resize one of them."
        )
    if color_weight is None:
        if mask is None or color is not None:
            given = "mask=None" if mask is None else "color=..."
            raise ValueError(
                "Poisson blending keeps the target outside a mask, and takes "
                "no colors. Expected a mask, and color=None. Received: "
                f"{given}. Set color_weight to change the whole picture."
            )
        hole = checked_mask(mask, source.shape[:2]) > 0.5
        if hole.all() or not hole.any():
            raise ValueError(
                "The border of the mask joins source and target. Expected a "
                "mask with both 0 and 1. Received: a mask with "
                f"{'1' if hole.any() else '0'} only. Set color_weight to "
                "change the whole picture."
            )
        blended = _poisson(source, target, hole)
    else:
        if color_weight < 0 or sigma < 0:
            raise ValueError(
                "Coarse colors have a weight and a width. Expected "
                "color_weight and sigma of at least 0. Received: "
                f"color_weight={color_weight}, sigma={sigma}"
            )
        part = np.ones(source.shape[:2])
        if mask is not None:
            part = checked_mask(mask, source.shape[:2])
        if color is None:
            color = part[..., None] * source + (1 - part[..., None]) * target
        color = np.asarray(color, float)
        if color.shape != source.shape:
            raise ValueError(
                "The colors belong to the pixels of the result. Expected color "
                f"of the shape of source, {source.shape}. Received: "
                f"color.shape={color.shape}"
            )
        blended = _with_colors(source, target, part, color_weight, color, sigma)
    return np.clip(blended, -1, 1).astype("float32")


def checked_mask(mask, size):
    """Returns a mask as floats `(height, width)`.

    Args:
        mask: array `(height, width)` or `(height, width, 1)`, numbers from 0
            to 1, or bools.
        size: tuple `(height, width)`, the size of the picture.

    Raises:
        ValueError: if the mask has another shape or other numbers.

    Example:

    >>> checked_mask(np.ones((2, 3, 1), bool), (2, 3)).shape
    (2, 3)
    """
    found = np.asarray(mask, float)
    if found.ndim == 3 and found.shape[-1] == 1:
        found = found[..., 0]
    if found.shape != tuple(size):
        raise ValueError(
            "A mask has a number for each pixel of its picture. Expected a "
            f"mask of shape {tuple(size)} or {(*size, 1)}. Received: "
            f"mask.shape={np.shape(mask)}"
        )
    if not np.all((found >= 0) & (found <= 1)):
        raise ValueError(
            "A mask is 1 where it is on and 0 where it is off. Expected "
            f"numbers from 0 to 1. Received: from {np.nanmin(found)} to "
            f"{np.nanmax(found)}. Divide gray levels by 255."
        )
    return found


def _poisson(source, target, hole):
    """Solves the Poisson equation within a hole, bool `(height, width)`."""
    places = np.full(hole.shape, -1)
    places[hole] = np.arange(hole.sum())
    neighbors = np.zeros(hole.shape)
    right_side = np.zeros_like(source)
    rows, columns = [], []
    ahead, behind = slice(1, None), slice(None, -1)
    for axis in (0, 1):
        for own, other in ((ahead, behind), (behind, ahead)):
            own, other = (
                (part, slice(None)) if axis == 0 else (slice(None), part)
                for part in (own, other)
            )
            neighbors[own] += 1
            right_side[own] += source[own] - source[other]
            right_side[own] += np.where(
                hole[other][..., None], 0, target[other]
            )
            both = hole[own] & hole[other]
            rows.append(places[own][both])
            columns.append(places[other][both])
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    num = int(hole.sum())
    matrix = sparse.diags(neighbors[hole]) - sparse.coo_matrix(
        (np.ones(len(rows)), (rows, columns)), shape=(num, num)
    )
    # An ordering for symmetric matrices, which keeps the factors sparse.
    factors = linalg.splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A")
    blended = target.copy()
    blended[hole] = factors.solve(right_side[hole])
    return blended


def _with_colors(source, target, part, color_weight, color, sigma):
    """Solves for the whole picture, in the basis of the cosine transform."""
    divergence = np.zeros_like(source)
    for axis in (0, 1):
        # A difference across the border of the mask is half of each picture's.
        weights = _means(part, axis)[..., None]
        wanted = weights * np.diff(source, axis=axis)
        wanted += (1 - weights) * np.diff(target, axis=axis)
        edges = [(1, 1) if a == axis else (0, 0) for a in range(3)]
        divergence -= np.diff(np.pad(wanted, edges), axis=axis)
    height, width = part.shape
    rows = np.pi * np.arange(height)[:, None, None] / height
    columns = np.pi * np.arange(width)[None, :, None] / width
    laplacian = 4 - 2 * np.cos(rows) - 2 * np.cos(columns)
    blur = np.exp(-(sigma**2) * (rows**2 + columns**2) / 2)
    trust = color_weight * blur**2
    # Differences do not tell the mean, which is that of the colors.
    trust[0, 0] = max(color_weight, 1)
    numbers = fft.dctn(divergence, axes=(0, 1))
    numbers += trust * fft.dctn(color, axes=(0, 1))
    return fft.idctn(numbers / (laplacian + trust), axes=(0, 1))


def _means(array, axis):
    """Computes the means of neighbors along an axis."""
    num = array.shape[axis]
    first, last = np.arange(num - 1), np.arange(1, num)
    return (array.take(first, axis) + array.take(last, axis)) / 2
