import keras
import numpy as np
import pytest
from checks import to_numpy

from keras_gan_zoo.layers.image_pool import ImagePool


def numbered(first, num):
    """Images whose pixels are their number."""
    numbers = np.arange(first, first + num, dtype="float32")
    return np.zeros((num, 2, 3, 1), "float32") + numbers.reshape(-1, 1, 1, 1)


def numbers(images):
    images = to_numpy(images)
    first = images[:, :1, :1, :1]
    np.testing.assert_array_equal(images, np.broadcast_to(first, images.shape))
    return first.ravel().astype(int).tolist()


def held(pool):
    return numbers(pool.images)


@pytest.mark.parametrize("batch", [1, 4, 7])
def test_the_rules_of_the_history(batch):
    """New ones fill the pool; then half of them change places with old."""
    pool = ImagePool(10, (2, 3, 1))
    seed = keras.random.SeedGenerator(0)
    ever, swapped, full = set(), 0, 0
    for step in range(60):
        new = numbered(1 + step * batch, batch)
        before, count = held(pool), int(pool.count)
        out = numbers(pool(new, seed=seed))
        after = held(pool)
        new = numbers(new)
        room = min(10 - count, batch)
        # What finds an empty place is kept and handed out.
        assert out[:room] == new[:room]
        assert after[count : count + room] == new[:room]
        assert int(pool.count) == min(10, count + batch)
        for given, image in zip(out[room:], new[room:]):
            full += 1
            if given == image:
                assert image not in after
            else:
                swapped += 1
                assert given in before
                assert given not in after
                assert after.index(image) == before.index(given)
        assert len(set(out)) == batch
        ever |= set(out)
    # 0.5 +- 4 standard deviations.
    assert abs(swapped / full - 0.5) < 2 / np.sqrt(full)


def test_no_pool():
    pool = ImagePool(0, (2, 3, 1))
    new = numbered(1, 3)
    assert numbers(pool(new, seed=0)) == [1, 2, 3]
    assert int(pool.count) == 0


def test_old_images_leave_from_all_places():
    pool = ImagePool(5, (2, 3, 1))
    seed = keras.random.SeedGenerator(0)
    places = set()
    for step in range(100):
        before = held(pool)
        out = numbers(pool(numbered(1 + step, 1), seed=seed))
        if step >= 5 and out[0] in before:
            places.add(before.index(out[0]))
    assert places == set(range(5))
