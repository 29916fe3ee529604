"""How each preset was trained, and what it is measured with: data only.

`command` trains it. Minutes and machine are those of that training.
"""

MNIST = {
    "data": "MNIST (LeCun, Cortes & Burges)",
    "licence": "CC BY-SA 3.0",
    "extractor": "mnist",
}
DIGITS = {
    "data": "Optical Recognition of Handwritten Digits (Alpaydin & Kaynak, "
    "UCI), as in scikit-learn",
    "licence": "CC BY 4.0",
    "extractor": "digits",
}
NOTO = {
    "data": "Noto Emoji (Google), on white",
    "licence": "Apache 2.0",
    "extractor": "squeezenet",
    "metrics": ("fid", "kid", "prdc", "swd"),
}
METRICS = ("fid", "kid", "prdc", "is", "modes")
RECIPES = {
    "vanilla_gan_digits_8": {
        "description": "scikit-learn's digits, 8x8, by a multilayer "
        "perceptron with R1",
        **DIGITS,
        "command": "keras-gan-zoo train vanilla_gan --data digits --epochs "
        '100 --set "generator_units=[256,256]" --set dropout=0 --set '
        "input_dropout=0 --compile penalty=r1 --compile ema_decay=0.999 "
        "--out runs/digits",
        "seed": 0,
        "minutes": 2,
    },
    "conditional_gan_mnist_28": {
        "description": "MNIST, 28x28, the digit by its label, projection "
        "discriminator",
        **MNIST,
        "command": "python benchmarks/control.py --model conditional "
        "--dataset mnist --conditioning projection",
        "seed": 0,
        "minutes": 8,
        "metrics": (*METRICS, "accuracy"),
    },
    "infogan_mnist_28": {
        "description": "MNIST, 28x28, codes found without labels: "
        "categorical_0 is the digit, continuous_0 the width of the "
        "stroke, continuous_1 the slant",
        **MNIST,
        "command": "python benchmarks/control.py --model infogan --dataset "
        "mnist",
        "seed": 0,
        "minutes": 13,
    },
    "progan_emoji_64": {
        "description": "Noto emoji, 64x64, grown from 4x4",
        **NOTO,
        "command": "keras-gan-zoo train progan --data folder:noto "
        "--image-size 64x64 --batch-size 16 --epochs 239 --set latent_dim=64 "
        "--set fmap_base=1024 --set fmap_max=96 --set seed=0 --set "
        "dtype=mixed_bfloat16 --compile "
        '"phase_images=[20000,30000,40000,40000,50000]" --out runs/progan',
        "seed": 0,
        "minutes": 120,
    },
}
