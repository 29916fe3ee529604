"""Our networks in PyTorch: layers and sizes are the same.

Where the padding of "same" convolutions is uneven in Keras it is even here,
as PyTorch's users write it.
"""

import math

import torch
from torch import nn


def num_parameters(networks):
    return sum(
        p.numel()
        for network in networks
        for p in network.parameters()
        if p.requires_grad
    )


# --------------------------------------------------------------- perceptrons


class Maxout(nn.Module):
    def __init__(self, pieces):
        super().__init__()
        self.pieces = pieces

    def forward(self, x):
        return x.unflatten(1, (-1, self.pieces)).amax(2)


def vanilla(image_shape, latent_dim=100):
    """Generator and discriminator of `VanillaGAN`."""
    height, width, channels = image_shape
    pixels = height * width * channels
    generator = nn.Sequential(
        nn.Linear(latent_dim, 1200),
        nn.ReLU(inplace=True),
        nn.Linear(1200, 1200),
        nn.ReLU(inplace=True),
        nn.Linear(1200, pixels),
        nn.Tanh(),
        nn.Unflatten(1, (channels, height, width)),
    )
    discriminator = nn.Sequential(
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(pixels, 240 * 5),
        Maxout(5),
        nn.Dropout(0.5),
        nn.Linear(240, 240 * 5),
        Maxout(5),
        nn.Dropout(0.5),
        nn.Linear(240, 1),
    )
    return generator, discriminator


# ------------------------------------------------------------------- DCGAN


def _halvings(side):
    return int(math.log2(side / 4))


def _side(image_shape, depth):
    return math.ceil(image_shape[0] / 2**depth)


def upsampling(image_shape, kernel_size=5, filters=64, depth=None):
    """From flat features to images, and how many features it takes."""
    depth = depth or _halvings(image_shape[0])
    base, width = _side(image_shape, depth), filters * 2 ** (depth - 1)
    features = base * base * width
    parts = [nn.Unflatten(1, (width, base, base))]
    for index in range(depth):
        last = index == depth - 1
        odd = _side(image_shape, depth - 1 - index) % 2
        convolution = nn.ConvTranspose2d(
            width,
            image_shape[-1] if last else width // 2,
            kernel_size,
            stride=2,
            padding=(kernel_size - 1) // 2,
            output_padding=kernel_size % 2 - odd,
            bias=last,
        )
        parts += [nn.BatchNorm2d(width), nn.ReLU(inplace=True), convolution]
        width //= 2
    return nn.Sequential(*parts, nn.Tanh()), features


def downsampling(
    image_shape, channels, kernel_size=5, filters=64, slope=0.2, depth=None
):
    """From images to flat features, and how many features it makes."""
    depth = depth or _halvings(image_shape[0])
    parts = []
    for index in range(depth):
        width = filters * 2**index
        parts.append(
            nn.Conv2d(
                channels,
                width,
                kernel_size,
                stride=2,
                padding=(kernel_size - 1) // 2,
                bias=index == 0,
            )
        )
        if index > 0:
            parts.append(nn.BatchNorm2d(width))
        parts.append(nn.LeakyReLU(slope, inplace=True))
        channels = width
    side = _side(image_shape, depth)
    return nn.Sequential(*parts, nn.Flatten()), side * side * channels


def dcgan(image_shape, latent_dim=100):
    """Generator and discriminator of `DCGAN`."""
    depth = math.ceil(math.log2(image_shape[0] / 4))
    up, features = upsampling(image_shape, depth=depth)
    generator = nn.Sequential(nn.Linear(latent_dim, features, bias=False), up)
    down, features = downsampling(image_shape, image_shape[-1], depth=depth)
    return generator, nn.Sequential(down, nn.Linear(features, 1))


class WithLabels(nn.Module):
    """Joins one-hot labels to latents, or as planes to images."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x, labels):
        if x.ndim == 4:
            labels = labels[:, :, None, None].expand(-1, -1, *x.shape[2:])
        return self.network(torch.cat([x, labels], 1))


def conditional(image_shape, num_classes, latent_dim=100):
    """Generator and discriminator of `ConditionalGAN`, of labels too."""
    up, features = upsampling(image_shape)
    inputs = latent_dim + num_classes
    generator = nn.Sequential(nn.Linear(inputs, features, bias=False), up)
    down, features = downsampling(image_shape, image_shape[-1] + num_classes)
    discriminator = nn.Sequential(down, nn.Linear(features, 1))
    return WithLabels(generator), WithLabels(discriminator)


class Recogniser(nn.Module):
    """A discriminator with the head Q: images to logits and parameters."""

    def __init__(self, image_shape, num_parameters, units=1024):
        super().__init__()
        down, features = downsampling(
            image_shape, image_shape[-1], kernel_size=4, slope=0.1
        )
        self.shared = nn.Sequential(down, *_dense(features, units))
        self.logits = nn.Linear(units, 1)
        self.recognition = nn.Sequential(
            *_dense(units, units // 8), nn.Linear(units // 8, num_parameters)
        )

    def forward(self, images):
        features = self.shared(images)
        return self.logits(features), self.recognition(features)


def _dense(inputs, units):
    return (
        nn.Linear(inputs, units, bias=False),
        nn.BatchNorm1d(units),
        nn.LeakyReLU(0.1, inplace=True),
    )


def infogan(image_shape, inputs, num_parameters, units=1024):
    """Generator, of noise and codes side by side, and `Recogniser`."""
    up, features = upsampling(image_shape, kernel_size=4)
    generator = nn.Sequential(
        nn.Linear(inputs, units, bias=False),
        nn.BatchNorm1d(units),
        nn.ReLU(inplace=True),
        nn.Linear(units, features, bias=False),
        up,
    )
    return generator, Recogniser(image_shape, num_parameters, units)


# --------------------------------------------------------- image to image


def instance_norm(width):
    return nn.InstanceNorm2d(width, affine=True)


class UNet(nn.Module):
    """The generator of `Pix2Pix`."""

    def __init__(self, side, channels=3, filters=64):
        super().__init__()
        depth = int(math.log2(side))
        widths = [filters * min(2**index, 8) for index in range(depth)]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for index, width in enumerate(widths):
            normalized = 0 < index < depth - 1
            before = widths[index - 1] if index else channels
            parts = [nn.LeakyReLU(0.2)] if index else []
            parts.append(nn.Conv2d(before, width, 4, 2, 1, bias=not normalized))
            if normalized:
                parts.append(instance_norm(width))
            self.down.append(nn.Sequential(*parts))
        for index in reversed(range(1, depth)):
            before = widths[index] * (1 if index == depth - 1 else 2)
            width = widths[index - 1]
            parts = [
                nn.ReLU(),
                nn.ConvTranspose2d(before, width, 4, 2, 1, bias=False),
                instance_norm(width),
            ]
            if depth - index <= 3:
                parts.append(nn.Dropout(0.5))
            self.up.append(nn.Sequential(*parts))
        self.last = nn.Sequential(
            nn.ReLU(),
            nn.ConvTranspose2d(2 * widths[0], channels, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, x):
        maps = []
        for down in self.down:
            x = down(x)
            maps.append(x)
        maps.pop()
        for up in self.up:
            x = torch.cat([up(x), maps.pop()], 1)
        return self.last(x)


def patchgan(channels, filters=64):
    """The 70x70 discriminator of `Pix2Pix` and `CycleGAN`."""
    parts = []
    for index, stride in enumerate([2, 2, 2, 1]):
        width = filters * 2**index
        parts.append(nn.Conv2d(channels, width, 4, stride, 1, bias=index == 0))
        if index:
            parts.append(instance_norm(width))
        parts.append(nn.LeakyReLU(0.2, inplace=True))
        channels = width
    return nn.Sequential(*parts, nn.Conv2d(channels, 1, 4, 1, 1))


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.block = nn.Sequential(
            *_reflected(width),
            nn.ReLU(inplace=True),
            *_reflected(width),
        )

    def forward(self, x):
        return x + self.block(x)


def _reflected(width):
    return (
        nn.ReflectionPad2d(1),
        nn.Conv2d(width, width, 3, bias=False),
        instance_norm(width),
    )


def resnet(channels=3, filters=64, num_blocks=6):
    """The generator of `CycleGAN`."""
    parts = [
        nn.ReflectionPad2d(3),
        nn.Conv2d(channels, filters, 7, bias=False),
        instance_norm(filters),
        nn.ReLU(inplace=True),
    ]
    for width in (filters, 2 * filters):
        parts += [
            nn.Conv2d(width, 2 * width, 3, 2, 1, bias=False),
            instance_norm(2 * width),
            nn.ReLU(inplace=True),
        ]
    parts += [Residual(4 * filters) for _ in range(num_blocks)]
    for width in (4 * filters, 2 * filters):
        parts += [
            nn.ConvTranspose2d(width, width // 2, 3, 2, 1, 1, bias=False),
            instance_norm(width // 2),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(
        *parts,
        nn.ReflectionPad2d(3),
        nn.Conv2d(filters, channels, 7),
        nn.Tanh(),
    )
