"""Sounds: floats in [-1, 1], `(num, length, channels)`."""

import math
import warnings

import numpy as np

from keras_gan_zoo.files import atomic, warned
from keras_gan_zoo.modalities import pictures, spectrum
from keras_gan_zoo.modalities.modality import Modality, check_floats

FRAMES = 256  # of a preview, at most
# The rates that a file may have. Other numbers come from damaged files, and
# the filter that changes the rate would fill the memory.
LOWEST_RATE, HIGHEST_RATE = 100, 1_000_000


class Audio(Modality):
    """Describes sounds of one length.

    Args:
        shape: tuple `(length, channels)`: the number of samples in time, and
            1 for mono or 2 for stereo.
        rate: int, samples per second.

    Raises:
        ValueError: if `shape` or `rate` is not positive.

    Example:

    >>> audio = Audio((1024, 1), rate=8000)
    >>> sounds = audio.example(4)
    >>> audio.check(sounds)
    >>> sounds.shape
    (4, 1024, 1)
    """

    kind = "audio"
    features = "spectrum"
    endings = (".wav", ".png")

    def __init__(self, shape, rate=16000):
        try:
            sides = tuple(int(side) for side in shape)
        except TypeError:
            sides = ()
        if len(sides) != 2 or min(sides) < 1 or int(rate) < 1:
            raise ValueError(
                "Expected positive numbers as shape=(length, channels) and "
                "rate of sounds, e.g. (16000, 1) and 16000 for a "
                f"second of mono. Received: shape={shape!r}, rate={rate!r}"
            )
        self.shape = sides
        self.rate = int(rate)

    def check(self, array, name="sounds"):
        """Checks sounds before a model learns from them.

        Warns if all sounds are silent or nearly silent.

        Args:
            array: numpy array `(num, length, channels)`, or None if the
                batch cannot be looked at.
            name: string, name of the sounds in the error.

        Raises:
            ValueError: if the sounds have the wrong shape, type or range, or
                are not finite.

        Example:

        >>> Audio((1024, 1)).check(np.zeros((2, 1024), "float32"))
        ... # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: The sounds do not fit the model. Expected batches ...
        """
        if array is None:
            return
        if tuple(array.shape[1:]) != self.shape:
            raise ValueError(
                f"The {name} do not fit the model. Expected batches of shape "
                f"(batch, length, channels) = (batch, {self.shape[0]}, "
                f"{self.shape[1]}). Received: {array.shape}. Cut them to "
                f"{self.shape[0]} samples or pad them with zeros. Add a last "
                "axis to mono sounds: sounds[..., None]."
            )
        low, high = check_floats(
            array,
            name,
            "Scale them first, for 16-bit sounds: x.astype('float32') / "
            "32768 (Audio.read does).",
        )
        if max(-low, high) < 1e-3:
            warned.warn(
                f"The {name} of the first batch lie in [{low:.3g}, "
                f"{high:.3g}], which is silence. If they were scaled twice, "
                "scale them only once.",
            )

    def example(self, num, seed=0):
        """Makes sounds for tests, a few sine waves that swell and fade.

        Args:
            num: int, number of sounds.
            seed: int. The same seed makes the same sounds.

        Returns:
            numpy float32 array `(num, length, channels)`.

        Example:

        >>> Audio((1024, 2)).example(3).shape
        (3, 1024, 2)
        """
        length, channels = self.shape
        rng = np.random.default_rng(seed)
        waves = (num, 3, channels, 1)
        time = np.arange(length) / self.rate
        # At least one period in the sound, and high enough to be heard.
        lowest = min(max(self.rate / length, 100), self.rate / 8)
        pitch = np.exp(
            rng.uniform(np.log(lowest), np.log(self.rate / 4), waves)
        )
        phase = rng.uniform(0, 2 * np.pi, waves)
        sines = np.sin(2 * np.pi * pitch * time + phase)
        # Each wave has its own loudness and is loudest at its own time.
        peak, width = rng.uniform(0, 1, waves), rng.uniform(0.05, 0.2, waves)
        place = np.linspace(0, 1, length)
        envelope = np.exp(-0.5 * ((place - peak) / width) ** 2)
        sounds = (rng.uniform(0.1, 0.3, waves) * envelope * sines).sum(axis=1)
        return sounds.swapaxes(1, 2).astype("float32")

    def preview(self, samples, columns=None, gap=2):
        """Shows the spectrograms of sounds in a grid.

        The time axis points to the right. The frequency axis points up and
        ends at half the rate. In all pictures white is a sine wave of
        amplitude 1, and black is 80 dB less. The channels of a sound are
        stacked vertically.

        Args:
            samples: float array `(num, length, channels)` in [-1, 1].
            columns: int, sounds per row. None makes the grid square.
            gap: int, white pixels between neighbors.

        Returns:
            uint8 array `(height, width, 3)`.

        Raises:
            ValueError: if the samples are not sounds.

        Example, silence:

        >>> picture = Audio((1024, 1)).preview(np.zeros((1, 1024, 1)))
        >>> picture.shape, picture.max()
        ((129, 17, 3), np.uint8(0))
        """
        tiles = []
        for sound in self._playable(samples):
            hop = max(spectrum.WINDOW // 4, math.ceil(len(sound) / FRAMES))
            loudness = spectrum.spectrogram(sound, hop)
            upright = loudness.transpose(2, 1, 0)[:, ::-1]
            tiles.append(np.concatenate(upright)[..., None])
        return pictures.grid(2 * np.stack(tiles) - 1, columns, gap)

    def read(self, path):
        """Reads one sound from a wav file; converts it to `rate` and `shape`.

        The sound is the start of the file. A short file is padded with
        silence. A mono file fills all channels. If another file has the wrong
        number of channels, they are averaged.

        Args:
            path: path of a wav file with 8, 16, 24 or 32 bits or floats.

        Returns:
            numpy float32 array `(length, channels)` in [-1, 1].

        Raises:
            ValueError: if the file is not a wav file, is damaged or empty.

        Example:

        >>> import tempfile
        >>> audio = Audio((1024, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     (path,) = audio.write(f"{folder}/x", audio.example(1))
        ...     audio.read(path).shape
        (1024, 1)
        """
        from scipy import signal  # slow to import

        rate, sound = _from_wav(path)
        length, channels = self.shape
        if sound.shape[1] != channels:
            sound = np.repeat(sound.mean(axis=1, keepdims=True), channels, 1)
        if rate != self.rate:
            # Keeps a second more than needed: the filter looks ahead.
            sound = sound[: math.ceil(length * rate / self.rate) + rate]
            common = math.gcd(rate, self.rate)
            sound = signal.resample_poly(
                sound, self.rate // common, rate // common
            )
        sound = sound[:length]
        sound = np.pad(sound, ((0, length - len(sound)), (0, 0)))
        return np.clip(sound, -1, 1).astype("float32")

    def write(self, path, samples):
        """Writes each sound to a wav file of 16 bits, atomically.

        Args:
            path: path of the file, `.wav` by default. Several sounds get
                numbered names: `x.wav` becomes `x-0000.wav`, `x-0001.wav`,
                and so on. A path that ends in `.png` writes their preview
                instead.
            samples: float array `(num, length, channels)`. Values outside
                [-1, 1] are clipped.

        Returns:
            List of `pathlib.Path`, the files that were written.

        Raises:
            ValueError: if the samples are not sounds, or the file has
                another ending.

        Example:

        >>> import tempfile
        >>> audio = Audio((1024, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [f.name for f in audio.write(f"{folder}/x", audio.example(2))]
        ['x-0000.wav', 'x-0001.wav']
        """
        from scipy.io import wavfile  # slow to import

        path = self.file(path)
        sounds = self._playable(samples)
        if path.suffix.lower() == ".png":
            return [pictures.save(path, self.preview(sounds))]
        paths = self.files(path, len(sounds))
        levels = np.clip(np.round(sounds * 32768), -32768, 32767)
        for file, sound in zip(paths, levels.astype("int16")):
            atomic.write_atomically(
                file, lambda file: wavfile.write(file, self.rate, sound)
            )
        return paths

    def files(self, path, num):
        """Names the files that `write` will make of `num` sounds.

        Args:
            path: path of the file.
            num: int, how many sounds.

        Returns:
            List of `pathlib.Path`.

        Raises:
            ValueError: if the file has another ending.

        Example:

        >>> [file.name for file in Audio((1024, 1)).files("x", 2)]
        ['x-0000.wav', 'x-0001.wav']
        """
        path = self.file(path)
        if num == 1 or path.suffix.lower() == ".png":
            return [path]
        digits = max(4, len(str(num - 1)))
        return [
            path.with_stem(f"{path.stem}-{number:0{digits}}")
            for number in range(num)
        ]

    def _playable(self, samples):
        """Returns sounds without NaN, so that broken models can be heard."""
        samples = np.asarray(samples, "float32")
        if samples.ndim != 3 or samples.shape[-1] != self.shape[-1]:
            raise ValueError(
                "Expected sounds of shape (num, length, "
                f"{self.shape[-1]}). Received: {samples.shape}. Add a first "
                "axis to a single sound: sound[None]."
            )
        if not len(samples):
            raise ValueError(
                f"Expected at least one sound. Received: {samples.shape}. "
                "Generate more."
            )
        return np.clip(np.nan_to_num(samples), -1, 1)


def _from_wav(path):
    """Returns the rate of a wav file, and its floats `(length, channels)`."""
    from scipy.io import wavfile  # slow to import

    try:
        with warnings.catch_warnings():
            # Ignores warnings about comments in the file.
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            warnings.filterwarnings(
                "error", "Reached EOF", wavfile.WavFileWarning
            )
            rate, sound = wavfile.read(path)
        if not sound.size or not np.isfinite(sound).all():
            raise ValueError("it holds no sound, or NaN")
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise ValueError(f"its rate is {rate} samples per second")
    except Exception as error:  # scipy's reader of damaged files has any
        raise ValueError(
            f"Expected a wav file that can be read. Received: {path}: "
            f"{str(error)[:200]}. Repair or remove the file."
        ) from error
    sound = sound.reshape(len(sound), -1)
    if sound.dtype.kind == "u":  # 8 bits around 128
        return rate, (sound.astype("float32") - 128) / 128
    if sound.dtype.kind == "i":
        return rate, sound / np.float32(2 ** (8 * sound.dtype.itemsize - 1))
    return rate, sound.astype("float32")
