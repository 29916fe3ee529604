import gc
import importlib.util
import io
import socket
import threading
import weakref

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan_zoo_cli as cli
from keras_gan_zoo import (
    DCGAN,
    ConditionalGAN,
    CycleGAN,
    InfoGAN,
    Pix2Pix,
    ProGAN,
    StyleGAN2,
    VanillaGAN,
    control,
)
from keras_gan_zoo.control import directions, explorer, explorer_page
from keras_gan_zoo.modalities import pictures
from keras_gan_zoo.objectives.codes import Binary, Categorical, Continuous


def inverting():
    """A generator whose work can be told: it inverts the colours."""
    images = keras.Input((None, None, 3))
    return keras.Model(images, keras.layers.Rescaling(-1.0)(images))


def vivid(gan):
    """Images of new networks are all grey: nothing could be told."""
    for weight in gan.generator.trainable_variables:
        if len(weight.shape) > 1:
            weight.assign(30 * weight)
    assert gan.generate(9, seed=0).std(axis=0).mean() > 0.1
    return gan


@pytest.fixture(scope="module")
def plain():
    return vivid(DCGAN((8, 8, 1), latent_dim=5, filters=2))


@pytest.fixture(scope="module")
def conditional():
    return vivid(ConditionalGAN((8, 8, 1), 3, 5, filters=2))


@pytest.fixture(scope="module")
def info():
    codes = [Categorical(4), Continuous(2), Binary()]
    gan = InfoGAN((8, 8, 1), codes, latent_dim=5, filters=2, units=8)
    return vivid(gan)


@pytest.fixture(scope="module")
def growing():
    gan = ProGAN((8, 8, 1), latent_dim=2, fmap_base=32, fmap_max=4)
    gan.stage.assign(1)
    return gan


@pytest.fixture(scope="module")
def styled():
    return StyleGAN2(
        (8, 8, 1),
        num_classes=2,
        latent_dim=4,
        style_dim=5,
        mapping_layers=2,
        channel_max=4,
    )


@pytest.fixture(scope="module")
def cyclegan():
    return CycleGAN(
        (8, 8, 3), filters=2, num_blocks=1, patch=1, pool_size=1,
        generator_ab=inverting(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def pix2pix():
    return Pix2Pix((8, 8, 1), output_channels=3, filters=2, patch=1)


def file(pixels, **kwargs):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png", **kwargs)
    buffer.name = "picture.png"
    return buffer


# ------------------------------------------------------------- the pictures


def test_images_are_those_of_generate(plain, conditional, info, growing):
    for gan in (plain, conditional, info, growing):
        expected = pictures.grid(gan.generate(5, seed=3))
        found = explorer.images(gan, num_images=5, seed=3)
        np.testing.assert_array_equal(found, expected)


def test_images_obey_the_controls(conditional, info, growing):
    chosen = conditional.generate(5, labels=[2, 0, 2, 0, 2], seed=3)
    found = explorer.images(conditional, 5, 3, labels=[2, 0])
    np.testing.assert_array_equal(found, pictures.grid(chosen))
    codes = {"categorical_0": 1, "continuous_0": [0.5, -2]}
    found = explorer.images(info, 5, 3, codes=codes)
    expected = info.generate(5, codes=codes, seed=3)
    np.testing.assert_array_equal(found, pictures.grid(expected))
    found = explorer.images(growing, 5, 3, resolution=4)
    expected = growing.generate(5, seed=3, resolution=4)
    expected = expected.repeat(2, axis=1).repeat(2, axis=2)  # in full size
    np.testing.assert_array_equal(found, pictures.grid(expected))


def test_directions_are_found_once_and_keep_no_model_alive():
    gan = VanillaGAN((4, 4, 1), 4, [4], [4])
    explorer.images(gan, 2, moves=(1.0,))
    known = explorer._found[gan]
    (found,) = known.values()
    explorer.images(gan, 2, moves=(2.0,))
    assert known[1] is found
    reference = weakref.ref(gan)
    del gan
    keras.utils.clear_session()
    gc.collect()
    assert reference() is None


def test_images_move_along_the_directions(plain, info):
    for gan in (plain, info):
        latents = gan.draw_latents(5, np.random.default_rng(3))
        way = directions.principal(gan)
        latents = latents + 1.5 * way[0] - 2 * way[2]
        expected = gan.generate(5, latents=latents, seed=3)
        found = explorer.images(gan, 5, 3, moves=[1.5, 0, -2]).astype(int)
        np.testing.assert_allclose(found, pictures.grid(expected), atol=1)
        assert np.any(found != explorer.images(gan, 5, 3))


def test_interpolation_goes_from_seed_to_seed(plain, conditional, info):
    for gan in (plain, conditional, info):
        found = explorer.interpolation(gan, 2, 3, seeds=(5, 6)).astype(int)
        start = pictures.grid(gan.generate(2, seed=5), columns=1)
        np.testing.assert_allclose(found[:, :8], start, atol=1)
        if gan is not info:  # whose codes stay those of the first seed
            end = pictures.grid(gan.generate(2, seed=6), columns=1)
            np.testing.assert_allclose(found[:, -8:], end, atol=1)


def test_interpolation_obeys_the_controls(conditional):
    ends = [
        conditional.draw_latents(3, np.random.default_rng(seed))
        + 2 * directions.principal(conditional)[1]
        for seed in (5, 6)
    ]
    expected = control.interpolate(
        conditional, 3, 4, "linear", latents=ends, labels=[2, 0, 2]
    )
    found = explorer.interpolation(
        conditional, 3, 4, (5, 6), "linear", [0, 2, 0], labels=[2, 0]
    )
    expected = control.picture(expected).astype(int)
    np.testing.assert_allclose(found, expected, atol=1)


def test_styles_are_those_of_a_grid_of_styles(styled):
    grid = control.style_grid(styled, [1, 2], 2, 3, 5, 1, 0.5)
    found = explorer.styles(styled, (1, 2), 2, 3, 5, [1], 0.5)
    np.testing.assert_array_equal(found, control.picture(grid))
    with pytest.raises(ValueError, match="Received: 2 classes"):
        explorer.styles(styled, (1, 2), labels=[0, 1])


def test_translation(cyclegan, rng):
    pixels = rng.integers(0, 256, (10, 14, 3), "uint8")
    before, after = explorer.translation(cyclegan, file(pixels), to="b")
    np.testing.assert_array_equal(before, pixels)
    np.testing.assert_allclose(after, 255 - pixels.astype(int), atol=1)
    images = pixels[np.newaxis].astype("float32") / 127.5 - 1
    expected = pictures.grid(cyclegan.translate(images, to="a"))
    _, after = explorer.translation(cyclegan, file(pixels), to="a")
    np.testing.assert_array_equal(after, expected)


def test_a_picture_is_projected_moved_and_blended_back(plain):
    (sample,) = plain.generate(1, seed=4)
    upload = file(pictures.grid(sample[None]))
    shown = explorer.editing(plain, upload, steps=20)
    found = control.project(
        plain, pictures.read(upload, channels=1)[None] / 127.5 - 1,
        space="z", steps=20, verbose=0,
    )  # fmt: skip
    left, middle = shown[:, :8], shown[:, 9:17]
    np.testing.assert_array_equal(left, pictures.grid(sample[None]))
    np.testing.assert_array_equal(middle, pictures.grid(found.images))
    moved = explorer.editing(plain, upload, steps=20, moves=[2.0, 0, -1])
    np.testing.assert_array_equal(moved[:, :17], shown[:, :17])
    way = directions.principal(plain)
    edited = control.edit(plain, found.images, found, 2 * way[:1] - way[2:])
    assert np.any(moved[:, 18:] != shown[:, 18:])
    # What was found is not quite the picture, which keeps its details.
    difference = moved[:, 18:].astype(float) - pictures.grid(edited)
    assert np.abs(difference).mean() < 60


def test_what_is_not_moved_stays(plain):
    sample = 0.5 * plain.generate(2, seed=4)  # nothing is clipped
    found = control.project(plain, sample, steps=1, verbose=0)
    kept = control.edit(plain, sample, found, 0, color_weight=0)
    away = kept - sample  # but for the mean color
    assert np.ptp(away, axis=(1, 2)).max() < 1e-3
    colored = control.edit(plain, sample, found, 0, color_weight=1e6)
    np.testing.assert_allclose(colored, found.images, atol=1e-3)
    with pytest.raises(ValueError, match=r"images.shape=\(1, 8, 8, 1\)"):
        control.edit(plain, sample[:1], found, 0)


def test_a_picture_is_searched_for_once(plain, monkeypatch):
    calls, project = [], control.project

    def counted(*args, **kwargs):
        calls.append(kwargs)
        return project(*args, **kwargs)

    monkeypatch.setattr(control, "project", counted)
    for moves in ([], [1.0], [2.0]):
        explorer.editing(plain, seed=8, steps=2, moves=moves)
    assert len(calls) == 1
    explorer.editing(plain, seed=9, steps=2)
    assert len(calls) == 2


def test_models_without_latents_have_no_pictures_to_change(cyclegan):
    with pytest.raises(ValueError, match="Received: CycleGAN"):
        explorer.editing(cyclegan)


# The package says it of pictures that are bright all over, too.
@pytest.mark.filterwarnings("ignore:The images of the first batch lie in")
def test_translation_of_any_picture(cyclegan, pix2pix):
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    pixels = np.zeros((8, 20, 4), "uint8")
    before, after = explorer.translation(cyclegan, file(pixels, exif=turned))
    assert before.shape == after.shape == (20, 8, 3)
    assert before.min() == 255 and after.max() == 0  # clear: white, inverted
    before, after = explorer.translation(
        pix2pix, file(pixels[..., :3]), longest=10, noise=False
    )
    assert before.shape == after.shape == (4, 10, 3)
    images = np.full((1, 4, 10, 1), -1, "float32")
    expected = pictures.grid(pix2pix.translate(images, noise=False))
    np.testing.assert_array_equal(after, expected)


def test_what_is_no_picture_is_told_by_its_name(cyclegan):
    broken = io.BytesIO(b"no picture")
    broken.name = "broken.png"
    with pytest.raises(ValueError, match=r"Received: broken.png"):
        explorer.translation(cyclegan, broken)


# ----------------------------------------------------------------- the page


def test_without_streamlit_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert cli.main(["explore", "vanilla_gan_digits_8"]) == 2
    message = 'pip install "keras_gan_zoo[explore]"'
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("port", ["taken", 70_000])
def test_a_port_that_cannot_be_had_is_told(port, capsys):
    pytest.importorskip("streamlit", reason="the explore extra is missing")
    with socket.socket() as other:
        other.bind((explorer.ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1] if port == "taken" else port
        arguments = ["explore", "vanilla_gan_digits_8", f"--port={port}"]
        assert cli.main(arguments) == 2
    assert f"Received: port={port}" in capsys.readouterr().err


@pytest.fixture
def page(monkeypatch):
    """Opens the page of a model, without a server."""
    testing = pytest.importorskip(
        "streamlit.testing.v1", reason="the explore extra is missing"
    )

    def open_page(gan):
        served = explorer.Served(gan, "name", threading.Lock())
        monkeypatch.setattr(explorer, "_served", served)
        return testing.AppTest.from_file(
            explorer_page.__file__, default_timeout=100
        ).run()

    return open_page


def shown(page):
    """The addresses of the pictures, which name what is in them."""
    assert not page.exception
    return [image.value[0] for image in page.image]


def labelled(page, label):
    """The widget of a label."""
    kinds = "slider", "number_input", "toggle", "button_group", "multiselect"
    (found,) = (
        widget
        for kind in kinds
        for widget in getattr(page, kind)
        if widget.label == label
    )
    return found


LATENT = [
    ("Number of images", 3),
    ("Seed", 4),
    ("Move through the latent space", True),
    ("Direction 1", 2.5),
    ("Show", "Interpolation"),
    ("Steps", 2),
    ("To seed", 7),
]


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        ("plain", LATENT),
        (
            "conditional",
            [
                ("Classes", [2]),
                ("Set truncation", True),
                ("Truncation", 0.1),
                ("Show", "Interpolation"),
                ("Truncation", 1.0),
            ],
        ),
        (
            "info",
            [
                ("categorical_0", 3),
                ("Set continuous_0", True),
                ("continuous_0, number 2", 1.5),
                ("Set binary_0", True),
                ("binary_0", 1),
            ],
        ),
        ("growing", [("Resolution", 4)]),
        (
            "styled",
            [
                ("Set truncation psi", True),
                ("Truncation psi", 0.2),
                ("Show", "Styles"),
                ("Layers of the columns", (1, 3)),
                ("Columns", 2),
                ("Rows", 1),
                ("Seed", 4),
                ("Truncation psi", 0.1),
                ("Classes", [1]),
            ],
        ),
    ],
)
def test_each_control_changes_the_picture(page, request, model, changes):
    at = page(request.getfixturevalue(model))
    before = shown(at)
    for label, value in changes:
        labelled(at, label).set_value(value).run()
        if label != "Move through the latent space":
            assert shown(at) != before, label
        before = shown(at)
    assert len(before) == 1
    assert not at.error


def test_an_upload_is_changed(page, conditional, rng):
    at = page(conditional)
    labelled(at, "Show").set_value("Your picture").run()
    labelled(at, "Steps of the search").set_value(2).run()
    (before,) = shown(at)
    pixels = rng.integers(0, 256, (20, 14, 3), "uint8")
    upload = ("picture.png", file(pixels).getvalue(), "image/png")
    at.file_uploader[0].set_value(upload).run()
    assert shown(at) != [before]
    (before,) = shown(at)
    labelled(at, "Move through the latent space").set_value(True).run()
    labelled(at, "Direction 1").set_value(2.5).run()
    assert shown(at) != [before]
    names = [widget.label for widget in at.toggle]
    assert "Set truncation" not in names and not at.error


def test_a_model_of_many_classes_has_a_list_of_them(page):
    at = page(ConditionalGAN((8, 8, 1), 100, 5, filters=2))
    before = shown(at)
    labelled(at, "Classes").set_value([71]).run()
    assert shown(at) != before


@pytest.mark.parametrize("num_classes", [3, 40])
def test_classes_are_shown_by_name(page, num_classes):
    gan = ConditionalGAN((8, 8, 1), num_classes, 5, filters=2)
    gan.class_names = [f"kind {number}" for number in range(num_classes)]
    at = page(gan)
    before, classes = shown(at), labelled(at, "Classes")
    options = [getattr(o, "content", o) for o in classes.options]
    assert options == gan.class_names
    classes.set_value([2]).run()
    assert shown(at) != before


def test_an_upload_is_translated(page, cyclegan, pix2pix, rng):
    pixels = rng.integers(0, 256, (20, 14, 3), "uint8")
    upload = ("picture.png", file(pixels).getvalue(), "image/png")
    for gan, changes in (
        (cyclegan, [("Direction", "from b to a"), ("Longer side at most", 16)]),
        (pix2pix, [("Seed of the noise", 1), ("Noise", False)]),
    ):
        at = page(gan)
        assert shown(at) == []
        at.file_uploader[0].set_value(upload).run()
        _, before = shown(at)
        for label, value in changes:
            labelled(at, label).set_value(value).run()
            _, after = shown(at)
            assert after != before, label
            before = after


def test_an_upload_that_is_no_picture_is_told(page, cyclegan):
    at = page(cyclegan)
    broken = ("broken.png", b"no picture", "image/png")
    at.file_uploader[0].set_value(broken).run()
    assert shown(at) == []
    assert "broken.png" in at.error[0].value
