import numpy as np
import pytest
from checks import to_numpy
from PIL import Image

from keras_gan_zoo import DCGAN, ConditionalGAN, InfoGAN, callbacks, control
from keras_gan_zoo.objectives.codes import Binary, Categorical, Continuous


@pytest.fixture(scope="module")
def plain():
    return DCGAN((8, 8, 1), latent_dim=5, filters=4)


@pytest.fixture(scope="module")
def conditional():
    return ConditionalGAN((8, 8, 1), 3, 5, filters=4)


@pytest.fixture(scope="module")
def info():
    codes = [Categorical(4), Continuous(), Binary()]
    return InfoGAN((8, 8, 1), codes, latent_dim=5, filters=4, units=16)


def test_interpolation_of_classes(conditional):
    images = control.interpolate_classes(conditional, 0, [2, 1, 0], 3, 4, 7)
    assert images.shape == (3, 4, *images.shape[2:])
    latents = conditional.given_or_drawn(3, None, 7)
    labels = np.array([[2 / 3, 0, 1 / 3], [2 / 3, 1 / 3, 0], [1, 0, 0]])
    network = conditional.best("generator")
    for column, mixed in ((0, np.eye(3)[[0, 0, 0]]), (1, labels)):
        wanted = network([latents, mixed.astype("float32")])
        np.testing.assert_allclose(
            images[:, column], to_numpy(wanted), atol=1e-5
        )
    for column, label in ((0, 0), (3, [2, 1, 0])):
        whole = conditional.generate(3, labels=label, latents=latents)
        np.testing.assert_allclose(images[:, column], whole, atol=1e-6)
    assert not np.allclose(images[0, 1], images[0, 2])
    named = ConditionalGAN((8, 8, 1), 2, 5, filters=2)
    named.class_names = ["cat", "dog"]
    np.testing.assert_array_equal(
        control.interpolate_classes(named, "cat", "dog", 2, 2, truncation=0.5),
        control.interpolate_classes(named, 0, 1, 2, 2, truncation=0.5),
    )


def test_a_sample_depends_on_its_seed_alone(plain, conditional, info):
    for gan, condition in (
        (plain, {}),
        (info, {"codes": {"categorical_0": 2}}),
        (conditional, {"labels": 1}),
        (conditional, {"labels": [1, 2, 0]}),
    ):
        images = control.from_seeds(gan, [5, 3, 9], **condition)
        if "labels" in condition:
            label = np.broadcast_to(condition["labels"], 3)[1]
            condition = {"labels": label}
        np.testing.assert_array_equal(
            images[1:2], gan.generate(1, seed=3, **condition)
        )
        assert not np.allclose(images[0], images[1])
    with pytest.raises(ValueError, match="2 labels"):
        control.from_seeds(conditional, [5, 3, 9], labels=[0, 1])
    with pytest.raises(ValueError, match="at least one seed"):
        control.from_seeds(plain, [])


def test_class_grid(conditional):
    images = control.class_grid(conditional, columns=2, seed=1)
    assert images.shape == (3, 2, 8, 8, 1)
    for label in range(3):
        expected = conditional.generate(2, labels=label, seed=1)
        np.testing.assert_array_equal(images[label], expected)
    some = control.class_grid(conditional, columns=2, labels=[2, 0], seed=1)
    np.testing.assert_array_equal(some, images[[2, 0]])


def test_traverse(info):
    images = control.traverse(info, "continuous_0", [-1, 0.5], 3, seed=1)
    assert images.shape == (2, 3, 8, 8, 1)
    for row, value in zip(images, [-1, 0.5]):
        expected = info.generate(3, codes={"continuous_0": value}, seed=1)
        np.testing.assert_array_equal(row, expected)
    fixed = control.traverse(
        info, 1, [0.5], 3, codes={"categorical_0": 2}, seed=1
    )
    expected = info.generate(3, codes={0: 2, 1: 0.5}, seed=1)
    np.testing.assert_array_equal(fixed[0], expected)


@pytest.mark.parametrize(
    ("code", "rows"), [("categorical_0", 4), ("continuous_0", 9), (2, 2)]
)
def test_traverse_knows_what_to_show(info, code, rows):
    assert len(control.traverse(info, code, columns=1)) == rows


@pytest.mark.parametrize("mode", ["linear", "spherical"])
def test_interpolate_goes_from_end_to_end(plain, mode):
    rng = np.random.default_rng(0)
    start, end = (plain.draw_latents(2, rng) for _ in range(2))
    images = control.interpolate(plain, 2, 5, mode, latents=(start, end))
    assert images.shape == (2, 5, 8, 8, 1)
    for column, latents in ((0, start), (-1, end)):
        expected = plain.generate(2, latents=latents)
        np.testing.assert_allclose(images[:, column], expected, atol=1e-6)
    drawn = control.interpolate(plain, 2, 5, mode, seed=0)
    np.testing.assert_array_equal(drawn, images)


def test_interpolate_holds_the_condition(conditional, info):
    images = control.interpolate(conditional, 2, 3, labels=[2, 1], seed=0)
    rng = np.random.default_rng(0)
    start = conditional.draw_latents(2, rng)
    expected = conditional.generate(2, latents=start, labels=[2, 1])
    np.testing.assert_allclose(images[:, 0], expected, atol=1e-6)
    # Between equal ends nothing changes: codes that are drawn stay too.
    same = np.ones((2, 5), "float32")
    images = control.interpolate(info, columns=3, latents=(same, same))
    np.testing.assert_allclose(images[:, 0], images[:, -1], atol=1e-6)
    assert np.abs(images[0] - images[1]).max() > 1e-4


def test_spherical_keeps_the_length_and_the_pace():
    start, end = np.array([[2.0, 0.0]]), np.array([[0.0, 2.0]])
    for t in (0.0, 0.25, 0.5, 1.0):
        point = control.spherical(start, end, t)[0]
        angle = t * np.pi / 2
        expected = [2 * np.cos(angle), 2 * np.sin(angle)]
        np.testing.assert_allclose(point, expected, atol=1e-6)
    middle = control.linear(start, end, 0.5)
    np.testing.assert_allclose(middle, [[1.0, 1.0]])


def test_spherical_between_parallel_vectors_is_straight():
    start = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    end = np.array([[3.0, 0.0], [-1.0, 0.0], [1.0, 1.0]])
    middle = control.spherical(start, end, 0.5)
    np.testing.assert_allclose(middle[:2], [[2.0, 0.0], [0.0, 0.0]])
    assert np.isfinite(middle).all()


def test_latent_arithmetic(plain):
    rng = np.random.default_rng(0)
    a, b, c = (plain.draw_latents(3, rng) for _ in range(3))
    images = control.latent_arithmetic(plain, a, b, c)
    assert images.shape == (1, 4, 8, 8, 1)
    means = [x.mean(axis=0, keepdims=True) for x in (a, b, c)]
    for image, latents in zip(
        images[0], [*means, means[0] - means[1] + means[2]]
    ):
        expected = plain.generate(1, latents=latents)[0]
        np.testing.assert_allclose(image, expected, atol=1e-6)


def test_picture_keeps_the_arrangement():
    values = np.linspace(-1, 1, 6).reshape(2, 3, 1, 1, 1)
    picture = control.picture(np.tile(values, (1, 1, 2, 2, 1)), gap=0)
    assert picture.shape == (4, 6, 3)
    np.testing.assert_array_equal(
        picture[::2, ::2, 0],
        [
            [0, 51, 102],
            [153, 204, 255],
        ],
    )


def test_what_a_model_has_not_is_explained(plain, conditional, info):
    for function, gan, message in (
        (control.class_grid, plain, "a model with classes. Received: DCGAN"),
        (control.class_grid, info, "a model with classes. Received: InfoGAN"),
        (
            lambda g: control.interpolate_classes(g, 0, 1),
            plain,
            "a model with classes. Received: DCGAN",
        ),
        (
            lambda g: control.traverse(g, 0),
            conditional,
            "a model with codes. Received: ConditionalGAN",
        ),
        (lambda g: control.traverse(g, 3), info, "Expected one of the codes"),
        (
            lambda g: control.interpolate(g, mode="sphere"),
            plain,
            "Did you mean 'spherical'",
        ),
        (
            lambda g: control.interpolate(
                g, latents=(np.ones((2, 5)), np.ones((3, 5)))
            ),
            plain,
            "pair of arrays of one shape",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            function(gan)


def test_callbacks_draw_the_grids(conditional, info, tmp_path):
    images = np.zeros((8, 8, 8, 1), "float32")
    conditional.compile()
    grid = callbacks.ClassGrid(tmp_path / "classes", columns=2)
    conditional.fit(images, np.zeros(8, int), callbacks=[grid], verbose=0)
    expected = control.picture(control.class_grid(conditional, 2))
    np.testing.assert_array_equal(grid.draw(), expected)
    assert expected.shape == (26, 17, 3)
    conditional.class_names = ["cat", "a dog", "a bird"]
    named = grid.draw()
    expected = control.picture(
        control.class_grid(conditional, 2), names=conditional.class_names
    )
    np.testing.assert_array_equal(named, expected)
    conditional.class_names = ["0", "1", "2"]  # say nothing new
    assert grid.draw().shape == (26, 17, 3)
    conditional.class_names = None

    info.compile()
    rows = callbacks.CodeTraversal(
        tmp_path / "codes", "continuous_0", values=[-1, 1], columns=3
    )
    info.fit(images, callbacks=[rows], verbose=0)
    expected = control.picture(
        control.traverse(info, "continuous_0", [-1, 1], 3)
    )
    np.testing.assert_array_equal(rows.draw(), expected)
    for folder in ("classes", "codes"):
        with Image.open(tmp_path / folder / "epoch-0001.png") as picture:
            assert max(picture.size) >= 256
