"""What every kind of sample must do. A test class supplies the kind."""

import numpy as np
import pytest

from keras_gan_zoo.metrics import features
from keras_gan_zoo.modalities import Modality


class ModalityChecks:
    """Base of the test classes.

    class TestImage(ModalityChecks):
        modality = Image((8, 8, 1))
        one_file = True  # several samples are written to one file
        wrong = {"shape": (array, "part of the error"), ...}
    """

    modality = None
    one_file = True
    wrong = {}

    def test_it_says_what_it_is(self):
        modality = self.modality
        assert isinstance(modality, Modality)
        kind = modality.kind.replace(" ", "")
        assert kind == type(modality).__name__.lower()
        assert all(type(side) is int for side in modality.shape)
        assert modality.features in features.EXTRACTORS
        assert all(ending.startswith(".") for ending in modality.endings)

    def test_examples_are_valid_and_seeded(self, recwarn):
        some, again, others = (
            self.modality.example(9, seed=seed) for seed in (1, 1, 2)
        )
        assert len(some) == 9
        assert np.array_equal(some, again)
        assert not np.array_equal(some, others)
        self.modality.check(some)
        self.modality.check(None)
        assert not recwarn.list

    def test_errors_name_what_was_expected_and_received(self):
        assert self.wrong
        for array, message in self.wrong.values():
            with pytest.raises(ValueError, match=message) as error:
                self.modality.check(array, "targets")
            for part in ("targets", "Expected", "Received: "):
                assert part in str(error.value)

    def test_preview_is_a_picture(self):
        samples = self.modality.example(6)
        for num in (1, 6):
            picture = self.modality.preview(samples[:num])
            assert picture.dtype == np.uint8
            assert picture.ndim == 3
            assert picture.shape[2] == 3
        row = self.modality.preview(samples, columns=6, gap=0)
        below = self.modality.preview(samples, columns=1, gap=0)
        height, width = below.shape[0] // 6, below.shape[1]
        assert row.shape == (height, 6 * width, 3)
        apart = self.modality.preview(samples, columns=6, gap=3)
        assert apart.shape == (height, 6 * width + 5 * 3, 3)
        assert not np.array_equal(row[:, :width], row[:, width : 2 * width])

    def test_what_is_written_can_be_read(self, tmp_path):
        sample = self.modality.example(1)
        (path,) = self.modality.write(tmp_path / "new" / "x", sample)
        assert path == tmp_path / "new" / f"x{self.modality.endings[0]}"
        found = self.modality.read(path)
        assert found.shape == self.modality.shape
        assert found.dtype == np.float32
        self.modality.check(found[None])

    def test_several_samples(self, tmp_path):
        paths = self.modality.write(tmp_path / "x", self.modality.example(3))
        assert len(paths) == (1 if self.one_file else 3)
        assert sorted(tmp_path.iterdir()) == paths

    def test_other_endings_and_files(self, tmp_path):
        sample = self.modality.example(1)
        with pytest.raises(ValueError, match=r"Expected.*Received: .*x\.zip"):
            self.modality.write(tmp_path / "x.zip", sample)
        assert not list(tmp_path.iterdir())
        path = tmp_path / f"x{self.modality.endings[0]}"
        for content in (b"", b"RIFF\x08", bytes(range(256))):
            path.write_bytes(content)
            with pytest.raises(ValueError, match=r"Expected.*Received: "):
                self.modality.read(path)
        path.unlink()
        with pytest.raises(ValueError, match=r"Expected.*Received: "):
            self.modality.read(path)

    def test_a_write_that_fails_leaves_the_old_file(
        self, tmp_path, monkeypatch
    ):
        sample = self.modality.example(1)
        (path,) = self.modality.write(tmp_path / "x", sample)
        before = path.read_bytes()

        def full(*args):
            raise OSError("No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", full)  # all is written, but not yet safe
            with pytest.raises(OSError, match="No space"):
                self.modality.write(path, self.modality.example(1, seed=5))
        assert list(tmp_path.iterdir()) == [path]
        assert path.read_bytes() == before
