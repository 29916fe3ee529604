"""Labels that some examples lack."""

import numpy as np
import pytest
from modality_checks import ModalityChecks

from keras_gan_zoo.modalities import PartialLabel


class TestPartialLabel(ModalityChecks):
    modality = PartialLabel(4)
    wrong = {
        "large": (np.array([0, 4]), r"in \[0, 4\).*Received: \[4\]"),
        "negative": (np.array([-2, 2]), r"Received: \[-2\]"),
        "type": (np.zeros(2), "ints.*float64"),
        "two": (np.array([[1, 1, 0, 0], [0, 0, 0, 0]]), "one-hot"),
        "nan": (np.full((1, 4), np.nan), "one-hot"),
    }


def test_a_missing_label_is_a_row_of_zeros():
    label = PartialLabel(3)
    rows = label.rows([2, -1])
    np.testing.assert_array_equal(rows, [[0, 0, 1], [0, 0, 0]])
    np.testing.assert_array_equal(label.rows(rows), rows)
    with pytest.raises(ValueError, match=r"shape \(2, 4\)"):
        label.rows(np.eye(4)[:2])


def test_files_say_what_is_missing(tmp_path):
    label = PartialLabel(2, names=["cat", "dog"])
    (path,) = label.write(tmp_path / "labels", [1, -1, 0])
    assert path.read_text(encoding="utf-8") == "dog\n-\ncat\n"
    assert label.read_all(path).tolist() == [1, -1, 0]
