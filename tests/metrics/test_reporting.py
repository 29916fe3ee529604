"""A report: the page, its numbers, its pictures, and who looks like whom."""

import base64
import html.parser
import io
import re

import numpy as np
import pytest
from PIL import Image as Picture

import keras_gan_zoo as kgz
import keras_gan_zoo_cli as cli
from keras_gan_zoo import modalities
from keras_gan_zoo.metrics import report_charts
from keras_gan_zoo.metrics.evaluation import samples_of
from keras_gan_zoo.metrics.features import get
from keras_gan_zoo.metrics.report_samples import Looked

SHAPE = (8, 8, 1)
#: What stands alone in HTML.
VOID = ("meta", "link", "img", "br", "circle", "rect", "path")
#: Attributes by which a browser loads something.
LOADS = ("src", "href", "srcset", "action", "data", "poster", "xlink:href")


class Page(html.parser.HTMLParser):
    """Reads a page, and fails if its elements are not nested."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.values = [], [], {}
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.found.append((tag, attrs))
        if "data-metric" in attrs:
            self.values[attrs["data-metric"]] = float(attrs["data-value"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


def check(path):
    """Checks what every page promises, and returns it."""
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not page.all("script")
    assert "http://" not in text
    assert "https://" not in text
    assert not re.search(r"url\(|@import", text)
    for _, attrs in page.found:
        for name in LOADS:
            assert attrs.get(name, "data:").startswith("data:")
    images = page.all("img")
    assert images
    for image in images:
        assert image["alt"]
        _, _, data = image["src"].partition("base64,")
        with Picture.open(io.BytesIO(base64.b64decode(data))) as picture:
            picture.load()
            assert picture.width <= int(image["width"])
    assert all(attrs["aria-label"] for attrs in page.all("svg"))
    assert page.all("html")[0]["lang"] == "en"
    return page, text


def noise(num, seed=0, shape=SHAPE):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (num, *shape)).astype("float32")


def small_gan():
    return kgz.VanillaGAN(
        SHAPE, latent_dim=4, generator_units=[8], discriminator_units=[8]
    )


def test_the_page_has_the_values_of_evaluate(tmp_path):
    gan, real = small_gan(), noise(150)
    found = kgz.evaluate(gan, real, ["fid", "prdc"], num_images=120)
    path = kgz.report(gan, real, tmp_path / "a", found, data="noise <1>")
    assert path == tmp_path / "a" / "index.html"
    page, text = check(path)
    assert page.values == found.values
    for score in found.scores:
        for name, (low, high) in score.intervals.items():
            assert f"{low:.4g} to {high:.4g}" in text, name
    assert "noise &lt;1&gt;" in text
    assert "noise <1>" not in text
    assert len(page.all("svg")) == 2
    assert "VanillaGAN" in text
    assert "pixels" in text


def test_it_evaluates_by_itself(tmp_path):
    gan, real = small_gan(), noise(150)
    path = kgz.report(gan, real, tmp_path, num_images=100, seed=3)
    page, _ = check(path)
    found = kgz.evaluate(gan, real, num_images=100, seed=3)
    assert page.values == found.values


def test_a_page_is_only_replaced_when_told(tmp_path):
    real = noise(100)
    found = kgz.evaluate(noise(100, 1), real, "fid")
    path = kgz.report(noise(100, 1), real, tmp_path, found)
    before = path.read_text(encoding="utf-8")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        kgz.report(noise(100, 2), real, tmp_path, found)
    assert path.read_text(encoding="utf-8") == before
    kgz.report(noise(100, 2), real, tmp_path, found, overwrite=True)
    assert path.read_text(encoding="utf-8") != before
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_classes_have_rows_with_their_names(tmp_path):
    gan = kgz.ConditionalGAN(SHAPE, num_classes=10, filters=2)
    digits = kgz.data.digits(batch_size=100, labels=True)
    digits.class_names = [f"class {n}" for n in range(10)]
    found = kgz.evaluate(gan, digits, "fid", "pixels", num_images=100)
    path = kgz.report(gan, digits, tmp_path, found, num_images=100)
    _, text = check(path)
    assert all(f"of the class class {n}" in text for n in range(10))


@pytest.mark.slow
@pytest.mark.parametrize("aligned", [True, False])
def test_translations_stand_between_inputs_and_targets(aligned, tmp_path):
    if aligned:
        gan = kgz.Pix2Pix((32, 32, 1), filters=1, patch=1)
        data = kgz.data.emoji(batch_size=24, task="outlines", groups="symbols")
    else:
        gan = kgz.CycleGAN((16, 16, 3), filters=1, num_blocks=1, patch=1)
        data = noise(24, 0, (16, 16, 3)), noise(24, 1, (16, 16, 3))
    found = kgz.evaluate(gan, data, "fid", "pixels", batch_size=24, subsets=0)
    path = kgz.report(
        gan, data, tmp_path, found, extractor="pixels", batch_size=24
    )
    page, _ = check(path)
    strips = [i["alt"] for i in page.all("img") if "in a row" in i["alt"]]
    assert len(strips) == 2 + aligned


def test_sounds_are_shown_as_pictures(tmp_path):
    class Sounds:
        """A model of sounds, as far as a report asks."""

        sample = modalities.Audio((256, 1), 8000)
        modalities = {"sounds": sample}
        controls, steps, aligned = (), 0, True

        def comparison(self):
            return kgz.LatentGAN.comparison(self)

        def respond(self, num, given, seed):
            return noise(num, seed, (256, 1))

    real = noise(100, 9, (256, 1))
    found = kgz.evaluate(Sounds(), real, "fid", num_images=100)
    path = kgz.report(Sounds(), real, tmp_path, found, num_images=100)
    _, text = check(path)
    assert "spectrum" in text


def test_copies_are_found(tmp_path):
    real = noise(200)
    fake = np.concatenate([real[50:90] * 0.999, noise(40, 1)])
    source = samples_of(fake, real, {}, 30, None)
    looked = Looked(source, get("pixels"), 1000, 1000, 0)
    places, distances = looked.neighbors(3)
    assert places[:40, 0].tolist() == list(range(50, 90))
    assert distances[:40].max() > 100 * distances[:40, 0].max()
    np.testing.assert_array_equal(looked.real(places[:40, 0]), real[50:90])
    assert looked.apart().min() > 1
    copies = kgz.report(real[50:150] * 0.999, real, tmp_path / "copies")
    assert "they may be copies" in copies.read_text(encoding="utf-8")
    others = kgz.report(noise(100, 1), real, tmp_path / "others")
    assert "they may be copies" not in others.read_text(encoding="utf-8")


def test_of_sorted_folders_all_parts_are_looked_at():
    real = np.linspace(-1, 1, 100).reshape(100, 1, 1, 1) + np.zeros(SHAPE)
    source = samples_of(real, real, {}, 30, None)
    looked = Looked(source, get("pixels"), 10, 20, 0)
    assert len(looked.fake) == 10
    assert len(looked.real_features) == 20
    assert looked.real_total == 100
    for rows in (looked.fake_features, looked.real_features):
        assert (rows.min(), rows.max()) == (-1, 1)
    which = [19, 0, 7, 7]
    np.testing.assert_allclose(
        looked.real(which).reshape(4, -1), looked.real_features[which]
    )


def test_the_plane_keeps_distances_of_what_is_flat():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(30, 2))
    directions = np.linalg.qr(rng.normal(size=(7, 2)))[0]
    rows = points @ directions.T + 5
    real, fake, share = report_charts.plane(rows[:12], rows[12:])
    assert share == pytest.approx(1)
    found = np.concatenate([real, fake])

    def apart(x):
        return np.linalg.norm(x[:, None] - x[None], axis=-1)

    np.testing.assert_allclose(apart(found), apart(points), atol=1e-6)
    same = np.ones((5, 3))
    report_charts.scatter(*report_charts.plane(same, same)[:2], "all equal")


def test_bars_end_where_their_values_are():
    rows = [("a", 0.5, None), ("b", 2.0, (1.0, 2.5)), ("c", np.nan, None)]
    chart = Page(report_charts.bars(rows))
    tracks, bars = (
        [float(r["width"]) for r in chart.all("rect") if r["class"] == name]
        for name in ("track", "bar")
    )
    shares = np.array(bars) / tracks[0]
    np.testing.assert_allclose(shares, [0.5 / 2.5, 2 / 2.5, 0], atol=1e-3)


def test_the_command_line_writes_it(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for name in ("made", "real"):
        (tmp_path / name).mkdir()
        for number in range(30):
            pixels = rng.integers(0, 256, (8, 6, 3)).astype("uint8")
            file = tmp_path / name / f"{number}.png"
            Picture.fromarray(pixels).save(file)
    words = [
        "evaluate",
        f"--images={tmp_path / 'made'}",
        f"--data=folder:{tmp_path / 'real'}",
        "--extractor=pixels",
        "--metrics=fid,psnr",
        f"--json={tmp_path / 'numbers.json'}",
        f"--report={tmp_path / 'report'}",
    ]
    assert cli.main(words) == 0
    page, text = check(tmp_path / "report" / "index.html")
    table = capsys.readouterr().out
    assert set(page.values) == {"frechet_distance", "psnr"}
    for name, value in page.values.items():
        assert f"| {name} | {value:.4g} |" in table
    assert "30 of 30" in text
    (tmp_path / "numbers.json").unlink()
    assert cli.main(words) != 0
    assert "--overwrite" in capsys.readouterr().err
    assert not (tmp_path / "numbers.json").exists()  # it was refused at once
    assert cli.main([*words, "--overwrite"]) == 0
