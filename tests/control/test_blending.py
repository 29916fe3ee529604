import numpy as np
import pytest

from keras_gan_zoo import control


@pytest.fixture
def pair(rng):
    """Two pictures that stay within [-1, 1] when they are blended."""
    return (0.2 * rng.uniform(-1, 1, (2, 9, 11, 2))).astype("float32")


def masks_of(rng):
    """Holes in the middle, at the border of the picture, and everywhere."""
    middle, border = np.zeros((2, 9, 11))
    middle[3:6, 2:7] = 1
    border[:5, 7:] = border[8, 0] = 1
    return middle, border, (rng.random((9, 11)) < 0.6).astype(float)


def solved_densely(source, target, mask):
    """The equation of each pixel of the hole, one by one, by numpy."""
    places = {tuple(p): n for n, p in enumerate(np.argwhere(mask))}
    matrix = np.zeros((len(places), len(places)))
    right = np.zeros((len(places), source.shape[-1]))
    for (y, x), n in places.items():
        for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if not (0 <= near[0] < mask.shape[0]):
                continue
            if not (0 <= near[1] < mask.shape[1]):
                continue
            matrix[n, n] += 1
            right[n] += source[y, x].astype(float) - source[near]
            if near in places:
                matrix[n, places[near]] -= 1
            else:
                right[n] += target[near]
    found = target.astype(float).copy()
    for place, value in zip(places, np.linalg.solve(matrix, right)):
        found[place] = value
    return found


def test_poisson_blending_is_a_dense_solution(pair, rng):
    for mask in masks_of(rng):
        found = control.blend(*pair, mask[..., None])
        expected = solved_densely(*pair, mask)
        assert abs(expected).max() < 1
        np.testing.assert_allclose(found, expected, atol=1e-4)
        known = mask == 0
        np.testing.assert_array_equal(found[known], pair[1][known])


def test_poisson_blending_of_many_pixels():
    y, x = np.indices((180, 200)) / 100 - 1
    harmonic = (0.4 * (x**2 - y**2))[..., None]  # of no curvature
    mask = np.zeros(x.shape)
    mask[5:150, 10:190] = 1
    found = control.blend(np.zeros_like(harmonic), harmonic, mask)
    np.testing.assert_allclose(found, harmonic, atol=1e-4)


def test_a_strong_color_weight_gives_the_colors(pair, rng):
    color = rng.uniform(-1, 1, pair[0].shape)
    found = control.blend(*pair, color_weight=1e9, color=color)
    np.testing.assert_allclose(found, color, atol=1e-4)


def test_without_colors_the_differences_are_those_of_the_source(pair):
    found = control.blend(*pair, color_weight=0, color=0.5 + 0 * pair[0])
    left = found - pair[0]
    np.testing.assert_allclose(left, left[:1, :1] + 0 * left, atol=1e-4)
    np.testing.assert_allclose(found.mean(axis=(0, 1)), 0.5, atol=1e-4)


def test_colors_and_differences_are_weighed(pair, rng):
    """The result is the least of the sum of both, by a dense solver."""
    source, target = pair
    color = rng.uniform(-0.5, 0.5, source.shape)
    part = rng.random(source.shape[:2])
    height, width = part.shape
    rows, wanted = [], []
    for y in range(height):
        for x in range(width):
            for near in ((y + 1, x), (y, x + 1)):
                if near[0] < height and near[1] < width:
                    row = np.zeros(part.shape)
                    row[near], row[y, x] = 1, -1
                    rows.append(row.ravel())
                    m = (part[near] + part[y, x]) / 2
                    wanted.append(
                        m * (source[near] - source[y, x])
                        + (1 - m) * (target[near] - target[y, x])
                    )
    # Without a blur, the colors count pixel by pixel.
    rows += list(np.sqrt(0.3) * np.eye(height * width))
    wanted += list(np.sqrt(0.3) * color.reshape(height * width, -1))
    expected, *_ = np.linalg.lstsq(np.array(rows), np.array(wanted))
    found = control.blend(
        source, target, part, color_weight=0.3, color=color, sigma=0
    )
    np.testing.assert_allclose(found, expected.reshape(found.shape), atol=1e-4)


def test_only_coarse_colors_count(pair):
    checks = np.indices(pair[0].shape[:2]).sum(axis=0)[..., None] % 2 - 0.5
    settings = {"color_weight": 5, "sigma": 3}
    coarse = control.blend(*pair, color=0 * checks + 0 * pair[0], **settings)
    fine = control.blend(*pair, color=0.9 * checks + 0 * pair[0], **settings)
    np.testing.assert_allclose(fine, coarse, atol=0.01)
    sharp = control.blend(
        *pair, color=0.9 * checks + 0 * pair[0], color_weight=5, sigma=0
    )
    assert abs(sharp - coarse).max() > 0.1


def test_what_is_clipped():
    bright = np.full((4, 4, 1), 0.9)
    found = control.blend(3 * bright, bright, color_weight=1)
    assert found.dtype == "float32" and found.max() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mask": None}, "Received: mask=None"),
        ({"mask": np.ones((9, 12))}, r"Received: mask.shape=\(9, 12\)"),
        ({"mask": np.full((9, 11), 255)}, "Received: from 255.0 to 255.0"),
        ({"mask": np.ones((9, 11))}, "Received: a mask with 1 only"),
        ({"mask": np.zeros((9, 11))}, "Received: a mask with 0 only"),
        ({"target": np.zeros((9, 11, 1))}, r"target.shape=\(9, 11, 1\)"),
        ({"color": 0}, "Received: color=..."),
        ({"color_weight": -1}, "Received: color_weight=-1"),
        ({"color_weight": 1, "sigma": -2}, "sigma=-2"),
        ({"color_weight": 1, "color": np.zeros((1,))}, r"color.shape=\(1,\)"),
    ],
)
def test_what_cannot_be_blended_is_told(pair, change, message):
    source, target = pair
    mask = np.zeros((9, 11))
    mask[2:4, 2:4] = 1
    given = {"source": source, "target": target, "mask": mask, **change}
    with pytest.raises(ValueError, match=message):
        control.blend(**given)
