"""Our algorithms in plain PyTorch: eager, channels last.

One step of the generator, then one of the discriminator on the images that it
made, as in keras_gan_zoo; the discriminator's weights get no gradient while
the generator steps. Everything else as PyTorch comes: `torch.optim.Adam`,
batches indexed from tensors in memory, `torch.autocast` for bfloat16.
"""

import copy
import math

import torch
import torch_networks as networks
import torch_progan
from contestants import Contestant, processors
from rows import NUM_CLASSES
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode


def contestant(row, dtype):
    torch.set_num_threads(processors())
    kind = {
        "VanillaGAN": VanillaGAN,
        "DCGAN": DCGAN,
        "ConditionalGAN": ConditionalGAN,
        "InfoGAN": InfoGAN,
        "Pix2Pix": Pix2Pix,
        "CycleGAN": CycleGAN,
        "ProGAN": ProGAN,
    }[row.model]
    return kind(row, dtype)


class TorchGAN(Contestant):
    """What the trainings share.

    Args:
        row: the row.
        dtype: dtype policy of the Keras networks.
    """

    rates = {"generator": 2e-4, "discriminator": 2e-4}
    adam = {"betas": (0.5, 0.999)}

    def __init__(self, row, dtype):
        self.autocast = torch.autocast(
            "cpu", torch.bfloat16, enabled="bfloat16" in dtype
        )
        self.batch_size = row.batch_size
        self.tensors = [self.channels_last(a) for a in row.arrays()]
        self.players = self.networks(**row.sizes)
        for player in self.players.values():
            for network in player:
                network.to(memory_format=torch.channels_last)
        self.optimizers = {
            name: torch.optim.Adam(
                self.weights(name), self.rates[name], **self.adam
            )
            for name in self.players
        }
        self.sums = {"d_loss": torch.zeros(()), "g_loss": torch.zeros(())}

    def channels_last(self, array):
        tensor = torch.as_tensor(array)
        if tensor.ndim == 4:
            tensor = tensor.permute(0, 3, 1, 2)
        return tensor

    def networks(self, **sizes):
        """Makes the networks: a dict of player to a list of modules."""
        raise NotImplementedError

    def step(self, *batch):
        """One step of both players; returns their losses."""
        raise NotImplementedError

    def weights(self, player):
        return [w for n in self.players[player] for w in n.parameters()]

    def parameters(self):
        return {
            name: networks.num_parameters(player)
            for name, player in self.players.items()
        }

    def run(self, steps):
        num = len(self.tensors[0])
        order = torch.randperm(num)
        for step in range(steps):
            start = step * self.batch_size % (num - self.batch_size + 1)
            chosen = order[start : start + self.batch_size]
            d_loss, g_loss = self.step(*(t[chosen] for t in self.tensors))
            self.sums["d_loss"] += d_loss
            self.sums["g_loss"] += g_loss

    def flops(self):
        with FlopCounterMode(display=False) as counter:
            self.run(1)
        return counter.get_total_flops()

    def descend(self, player, loss):
        self.optimizers[player].zero_grad()
        loss.backward()
        self.optimizers[player].step()
        return loss.detach()

    def freeze(self, frozen):
        for network in self.players["discriminator"]:
            network.requires_grad_(not frozen)


def valid_loss(logits):
    target = torch.ones_like(logits)
    return functional.binary_cross_entropy_with_logits(logits, target)


def fake_loss(logits):
    target = torch.zeros_like(logits)
    return functional.binary_cross_entropy_with_logits(logits, target)


class LatentGAN(TorchGAN):
    """One generator, one discriminator, latents."""

    def __init__(self, row, dtype):
        super().__init__(row, dtype)
        (self.generator,) = self.players["generator"]
        (self.discriminator,) = self.players["discriminator"]

    def latents(self):
        return torch.randn(self.batch_size, self.latent_dim)

    def step(self, real):
        self.freeze(True)
        with self.autocast:
            fake = self.generator(self.latents())
            g_loss = valid_loss(self.discriminator(fake))
        g_loss = self.descend("generator", g_loss)
        self.freeze(False)
        with self.autocast:
            d_loss = valid_loss(self.discriminator(real))
            d_loss = d_loss + fake_loss(self.discriminator(fake.detach()))
        return self.descend("discriminator", d_loss), g_loss


def players(generator, discriminator):
    return {"generator": [generator], "discriminator": [discriminator]}


class VanillaGAN(LatentGAN):
    latent_dim = 100

    def networks(self, image_shape):
        return players(*networks.vanilla(image_shape))


class DCGAN(LatentGAN):
    latent_dim = 100

    def networks(self, image_shape):
        return players(*networks.dcgan(image_shape))


class ConditionalGAN(LatentGAN):
    latent_dim = 100

    def networks(self, image_shape):
        return players(*networks.conditional(image_shape, NUM_CLASSES))

    def step(self, real, classes):
        labels = functional.one_hot(classes, NUM_CLASSES).float()
        self.freeze(True)
        with self.autocast:
            fake = self.generator(self.latents(), labels)
            g_loss = valid_loss(self.discriminator(fake, labels))
        g_loss = self.descend("generator", g_loss)
        self.freeze(False)
        with self.autocast:
            d_loss = valid_loss(self.discriminator(real, labels))
            logits = self.discriminator(fake.detach(), labels)
            d_loss = d_loss + fake_loss(logits)
        return self.descend("discriminator", d_loss), g_loss


class InfoGAN(LatentGAN):
    """With a categorical code of ten and two continuous ones."""

    latent_dim = 62
    rates = {"generator": 1e-3, "discriminator": 2e-4}

    def networks(self, image_shape):
        return players(*networks.infogan(image_shape, 62 + 12, 14))

    def codes(self):
        classes = torch.randint(10, (self.batch_size,))
        return classes, torch.rand(self.batch_size, 2) * 2 - 1

    def information_loss(self, parameters, codes):
        classes, numbers = codes
        logits, means, log_stddevs = parameters.split([10, 2, 2], 1)
        deviations = (numbers - means) * torch.exp(-log_stddevs)
        nats = 0.5 * (deviations**2 + math.log(2 * math.pi)) + log_stddevs
        continuous = nats.sum(1).mean()
        return functional.cross_entropy(logits, classes) + 0.1 * continuous

    def step(self, real):
        codes = classes, numbers = self.codes()
        one_hot = functional.one_hot(classes, 10).float()
        self.freeze(True)
        with self.autocast:
            inputs = torch.cat([self.latents(), one_hot, numbers], 1)
            fake = self.generator(inputs)
            logits, parameters = self.discriminator(fake)
            g_loss = valid_loss(logits)
            loss = g_loss + self.information_loss(parameters, codes)
        self.descend("generator", loss)
        self.freeze(False)
        with self.autocast:
            d_loss = valid_loss(self.discriminator(real)[0])
            logits, parameters = self.discriminator(fake.detach())
            d_loss = d_loss + fake_loss(logits)
            loss = d_loss + self.information_loss(parameters, codes)
        self.descend("discriminator", loss)
        return d_loss.detach(), g_loss.detach()


class ProGAN(LatentGAN):
    """WGAN-GP with drift, the generator averaged."""

    rates = {"generator": 1e-3, "discriminator": 1e-3}
    adam = {"betas": (0.0, 0.99), "eps": 1e-8}

    def networks(self, image_shape, latent_dim, fmap_base, fmap_max):
        self.latent_dim = latent_dim
        side = image_shape[0]
        return players(
            *torch_progan.progan(side, latent_dim, fmap_base, fmap_max)
        )

    def __init__(self, row, dtype):
        super().__init__(row, dtype)
        self.average = copy.deepcopy(self.generator)

    def penalty(self, real, fake):
        e = torch.rand(len(real), 1, 1, 1)
        images = (e * real + (1 - e) * fake).requires_grad_(True)
        total = self.discriminator(images).sum()
        (gradient,) = torch.autograd.grad(total, images, create_graph=True)
        norm = (gradient.flatten(1).square().sum(1) + 1e-12).sqrt()
        return (norm - 1).square().mean()

    def step(self, real):
        self.freeze(True)
        with self.autocast:
            fake = self.generator(self.latents())
            g_loss = -self.discriminator(fake).mean()
        g_loss = self.descend("generator", g_loss)
        self.freeze(False)
        fake = fake.detach()
        with self.autocast:
            logits = self.discriminator(real)
            d_loss = self.discriminator(fake).mean() - logits.mean()
            drift = 1e-3 * logits.square().mean()
            loss = d_loss + 10 * self.penalty(real, fake) + drift
        self.descend("discriminator", loss)
        with torch.no_grad():
            for average, weight in zip(
                self.average.parameters(), self.generator.parameters()
            ):
                average.lerp_(weight, 1e-3)
        return d_loss.detach(), g_loss

    def flops(self):
        """None: PyTorch's counter cannot follow the gradient penalty."""
        return None


class Pix2Pix(TorchGAN):
    def networks(self, image_shape):
        side, _, channels = image_shape
        generator = networks.UNet(side)
        return players(generator, networks.patchgan(2 * channels))

    def step(self, inputs, targets):
        (generator,) = self.players["generator"]
        (discriminator,) = self.players["discriminator"]

        def judge(images):
            return discriminator(torch.cat([inputs, images], 1))

        self.freeze(True)
        with self.autocast:
            fake = generator(inputs)
            g_loss = valid_loss(judge(fake))
            loss = g_loss + 100 * functional.l1_loss(fake, targets)
        self.descend("generator", loss)
        self.freeze(False)
        with self.autocast:
            d_loss = valid_loss(judge(targets))
            d_loss = 0.5 * (d_loss + fake_loss(judge(fake.detach())))
        return self.descend("discriminator", d_loss), g_loss.detach()


class Pool:
    """The last generated images, of batches of one."""

    def __init__(self, size=50):
        self.size = size
        self.images = []

    def __call__(self, image):
        if len(self.images) < self.size:
            self.images.append(image)
            return image
        if torch.rand(()) < 0.5:
            return image
        place = int(torch.randint(self.size, ()))
        old, self.images[place] = self.images[place], image
        return old


def squares(logits, label):
    return (logits - label).square().mean()


class CycleGAN(TorchGAN):
    def networks(self, image_shape):
        channels = image_shape[-1]
        self.ab, self.ba = networks.resnet(), networks.resnet()
        self.d_a, self.d_b = (networks.patchgan(channels) for _ in "ab")
        self.pool_a, self.pool_b = Pool(), Pool()
        return {
            "generator": [self.ab, self.ba],
            "discriminator": [self.d_a, self.d_b],
        }

    def generator_loss(self, a, b):
        l1 = functional.l1_loss
        fake_b, fake_a = self.ab(a), self.ba(b)
        g_loss = squares(self.d_b(fake_b), 1) + squares(self.d_a(fake_a), 1)
        cycle = l1(self.ba(fake_b), a) + l1(self.ab(fake_a), b)
        identity = l1(self.ab(b), b) + l1(self.ba(a), a)
        loss = g_loss + 10 * cycle + 5 * identity
        return loss, g_loss, fake_a.detach(), fake_b.detach()

    def step(self, a, b):
        self.freeze(True)
        with self.autocast:
            loss, g_loss, fake_a, fake_b = self.generator_loss(a, b)
        self.descend("generator", loss)
        self.freeze(False)
        old_a, old_b = self.pool_a(fake_a), self.pool_b(fake_b)
        with self.autocast:
            d_loss = squares(self.d_a(a), 1) + squares(self.d_a(old_a), 0)
            d_loss = d_loss + squares(self.d_b(b), 1)
            d_loss = 0.5 * (d_loss + squares(self.d_b(old_b), 0))
        return self.descend("discriminator", d_loss), g_loss.detach()
