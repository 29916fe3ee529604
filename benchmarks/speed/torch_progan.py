"""ProGAN's networks at their final size in PyTorch."""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional

HE_GAIN = math.sqrt(2)


class Equalized(nn.Module):
    """A dense layer, or a convolution of stride 1 if it has a kernel size."""

    def __init__(self, inputs, outputs, kernel_size=None, gain=HE_GAIN):
        super().__init__()
        sides = () if kernel_size is None else (kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, *sides))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = gain / math.sqrt(inputs * math.prod(sides))

    def forward(self, x):
        weight = self.weight * self.scale
        if weight.ndim == 2:
            return functional.linear(x, weight, self.bias)
        return functional.conv2d(x, weight, self.bias, padding="same")


class PixelNorm(nn.Module):
    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


class FirstMap(nn.Module):
    """A dense layer to 4x4 with one bias for each channel."""

    def __init__(self, inputs, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width * 16, inputs))
        self.bias = nn.Parameter(torch.zeros(width))
        self.scale = HE_GAIN / 4 / math.sqrt(inputs)

    def forward(self, x):
        x = functional.linear(x, self.weight * self.scale)
        return x.unflatten(1, (-1, 4, 4)) + self.bias[:, None, None]


class MinibatchStdDev(nn.Module):
    def forward(self, x, group=4):
        y = x.unflatten(0, (group, -1))
        deviation = torch.sqrt(y.var(0, correction=0) + 1e-8)
        deviation = deviation.mean((1, 2, 3), keepdim=True)
        channel = deviation.repeat(group, 1, *x.shape[2:])
        return torch.cat([x, channel], 1)


def _slope():
    return nn.LeakyReLU(0.2)


class GrownGenerator(nn.Module):
    """The generator of `ProGAN` at its final size, faded in."""

    def __init__(self, latent_dim, widths, channels=3):
        super().__init__()
        first = (PixelNorm(), FirstMap(latent_dim, widths[0]), _slope())
        parts = [*first, PixelNorm(), *self.convolution(widths[0], widths[0])]
        for before, width in itertools.pairwise(widths):
            parts += [
                nn.Upsample(scale_factor=2),
                *self.convolution(before, width),
                *self.convolution(width, width),
            ]
        self.blocks = nn.Sequential(*parts)
        # The earlier ones have served.
        self.to_rgb = nn.ModuleList(
            Equalized(width, channels, 1, gain=1) for width in widths
        )

    def convolution(self, before, width):
        return Equalized(before, width, 3), _slope(), PixelNorm()

    def forward(self, latents):
        return self.to_rgb[-1](self.blocks(latents))


class GrownDiscriminator(nn.Module):
    """The discriminator of `ProGAN` at its final size, faded in."""

    def __init__(self, latent_dim, widths, channels=3):
        super().__init__()
        self.from_rgb = nn.ModuleList(
            nn.Sequential(Equalized(channels, width, 1), _slope())
            for width in widths
        )
        parts = []
        for width, after in itertools.pairwise(widths[::-1]):
            parts += [
                Equalized(width, width, 3),
                _slope(),
                Equalized(width, after, 3),
                _slope(),
                nn.AvgPool2d(2),
            ]
        width = widths[0]
        self.blocks = nn.Sequential(
            *parts,
            MinibatchStdDev(),
            Equalized(width + 1, width, 3),
            _slope(),
            nn.Flatten(),
            Equalized(16 * width, latent_dim),
            _slope(),
            Equalized(latent_dim, 1, gain=1),
        )

    def forward(self, images):
        return self.blocks(self.from_rgb[-1](images))


def progan(side, latent_dim, fmap_base, fmap_max):
    """Generator and discriminator of `ProGAN`."""
    stages = int(math.log2(side / 4)) + 1
    widths = [min(fmap_base // 2 ** (s + 1), fmap_max) for s in range(stages)]
    return (
        GrownGenerator(latent_dim, widths),
        GrownDiscriminator(latent_dim, widths),
    )
