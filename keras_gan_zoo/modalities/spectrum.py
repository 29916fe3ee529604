"""Spectrograms of sounds, on a fixed scale."""

import numpy as np

WINDOW = 256  # samples, 16 ms at 16 kHz
RANGE = 80.0  # decibels from black to white


def spectrogram(sound, hop=WINDOW // 4):
    """Computes the loudness of a sound by frequency and time.

    This is the magnitude of a short-time Fourier transform with a Hann
    window, in decibels. The center of the first window is the first sample.
    Silence is added before and after the sound.

    Args:
        sound: float array `(length, channels)` in [-1, 1].
        hop: int, samples from one window to the next.

    Returns:
        float32 array `(frames, 129, channels)` in [0, 1], low frequencies
        first. 1 is a sine wave of amplitude 1. 0 is 80 dB below or less,
        e.g. silence.

    Example:

    >>> sound = np.sin(2 * np.pi * 32 / 256 * np.arange(1024))[:, None]
    >>> loudness = spectrogram(sound)
    >>> loudness.shape, int(loudness[8, :, 0].argmax())
    ((17, 129, 1), 32)
    """
    half = WINDOW // 2
    padded = np.pad(np.asarray(sound, "float32"), ((half, half), (0, 0)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=0)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    # (frames, channels, frequencies); a sine of amplitude 1 has magnitude 1.
    scaled = frames[::hop] * hann.astype("float32") * (2 / hann.sum())
    magnitude = np.abs(np.fft.rfft(scaled)).swapaxes(1, 2)
    decibels = 20 * np.log10(np.maximum(magnitude, 10 ** (-RANGE / 20)))
    return np.clip(1 + decibels / RANGE, 0, 1).astype("float32")
