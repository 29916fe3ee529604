"""Videos of latents, and grids of mixed styles."""

import importlib.util

import keras
import numpy as np
import pytest
from checks import EAGERLY
from PIL import Image

import keras_gan_zoo as kgz
from keras_gan_zoo.control import style_grid, video


@pytest.fixture(scope="module")
def plain():
    keras.utils.set_random_seed(0)
    gan = kgz.VanillaGAN((8, 8, 1), latent_dim=5, generator_units=(8,))
    gan.generator.run_eagerly = EAGERLY["run_eagerly"]
    return gan


class Prior:
    latent_dim = 200

    def __init__(self, prior):
        self.prior = prior


def test_latents_of_a_loop_are_smooth_and_of_the_prior():
    gan = Prior(kgz.LatentGAN.prior)
    found = video.looping_latents(gan, num=10, frames=60)
    assert found.shape == (60, 10, 200)
    for frame in (0, 17):
        assert found[frame].mean() == pytest.approx(0, abs=0.1)
        assert found[frame].std() == pytest.approx(1, abs=0.1)
    steps = np.linalg.norm(np.roll(found, -1, axis=0) - found, axis=-1)
    # The step from the last frame to the first is like the others.
    assert steps[-1].mean() == pytest.approx(steps.mean(), rel=0.1)
    assert steps.max() < np.linalg.norm(found, axis=-1).mean() / 2
    # More frames show more of the same path.
    fine = video.looping_latents(gan, num=10, frames=120)
    np.testing.assert_allclose(fine[::2], found, atol=1e-5)


def test_latents_of_a_uniform_prior_stay_in_it():
    gan = Prior(kgz.DCGAN.prior)
    found = video.looping_latents(gan, num=10, frames=20)
    assert np.abs(found).max() <= 1
    assert found[5].std() == pytest.approx(1 / np.sqrt(3), abs=0.03)


def test_a_gif_loops_forever(plain, tmp_path):
    frames = list(video.loop(plain, num=4, frames=5, seed=1))
    again = list(video.loop(plain, num=4, frames=5, seed=1))
    assert all(np.array_equal(a, b) for a, b in zip(frames, again))
    path = video.save_video(tmp_path / "a.gif", frames, fps=10)
    with Image.open(path) as found:
        assert found.n_frames == 5
        assert found.info["duration"] == 100
        assert found.info["loop"] == 0
        assert min(found.size) >= 256


def test_other_endings_and_no_frames_are_explained(tmp_path):
    with pytest.raises(ValueError, match=r"Known: \.gif, \.mp4, \.webp"):
        video.save_video(tmp_path / "a.avi", [])
    with pytest.raises(ValueError, match="Expected frames"):
        video.save_video(tmp_path / "a.gif", [])
    with pytest.raises(ValueError, match="makes images from latents"):
        video.loop(kgz.Pix2Pix, frames=2)


MP4 = importlib.util.find_spec("imageio_ffmpeg") is not None


@pytest.mark.skipif(MP4, reason="imageio-ffmpeg is installed")
def test_mp4_says_what_to_install(tmp_path):
    with pytest.raises(ImportError, match=r"keras-gan-zoo\[video\]"):
        video.save_video(tmp_path / "a.mp4", [])


@pytest.mark.skipif(not MP4, reason="needs imageio-ffmpeg")
# imageio-ffmpeg leaves the pipes of its process to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_mp4_of_odd_sides(tmp_path):
    import imageio_ffmpeg

    frames = [np.full((33, 35, 3), grey, "uint8") for grey in (0, 90, 200)]
    path = video.save_video(tmp_path / "a.mp4", frames, fps=10, min_side=1)
    reader = imageio_ffmpeg.read_frames(str(path))
    about = next(reader)
    assert about["size"] == (36, 34)
    assert len(list(reader)) == 3


def test_a_grid_of_styles_has_its_sources_at_left_and_top():
    keras.utils.set_random_seed(0)
    gan = kgz.StyleGAN2(
        (8, 8, 1), latent_dim=4, style_dim=5, mapping_layers=2, channel_max=4
    )
    images = style_grid(gan, range(2, 4), rows=2, columns=3, seed=3)
    assert images.shape == (3, 4, 8, 8, 1)
    sources = gan.generate(5, seed=3)
    np.testing.assert_allclose(images[1:, 0], sources[:2], atol=1e-5)
    np.testing.assert_allclose(images[0, 1:], sources[2:], atol=1e-5)
    assert (images[0, 0] == 1).all()
    # With all layers from the columns, rows do not count.
    same = style_grid(gan, range(4), rows=2, columns=3, seed=3)
    np.testing.assert_allclose(
        same[1:, 1:], same[:1, 1:].repeat(2, 0), atol=1e-5
    )
    with pytest.raises(ValueError, match="from 0 to 3"):
        style_grid(gan, range(9))


def test_only_models_with_styles_mix_them(plain):
    with pytest.raises(ValueError, match="a model with styles"):
        style_grid(plain, range(2))
