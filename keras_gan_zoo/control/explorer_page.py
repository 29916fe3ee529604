"""The page of the explorer: a script that Streamlit runs after every change.

Streamlit's `st.slider(...)` draws a slider and returns its value. So the code
has the same order as the page, from top to bottom.
"""

from keras_gan_zoo.control import arrange, explorer
from keras_gan_zoo.data.folder import IMAGE_ENDINGS
from keras_gan_zoo.families import controls
from keras_gan_zoo.modalities import Image, pictures

#: The smallest height and width of pictures on the page, in pixels.
SHOWN = 560
#: Number of directions of the latent space that have a slider.
DIRECTIONS = 3


def page(gan, name, lock):
    """Draws the page.

    Args:
        gan: the model.
        name: string, name of the model.
        lock: lock that lets in one browser tab at a time, as each tab has its
            own thread.
    """
    import streamlit as st

    st.set_page_config(page_title=f"{name}: explorer", layout="wide")
    st.sidebar.header(type(gan).__name__)
    st.sidebar.caption(_caption(gan, name))
    draw = VERBS[gan.verb]
    with lock:
        try:
            draw(st, gan, name)
        except ValueError as error:
            st.error(str(error))


def _caption(gan, name):
    made = next(iter(gan.modalities.values())).describe()
    return f"{name}: {made}, {int(gan.steps):,} steps"


def _show(place, png, caption=None):
    place.image(png, caption, output_format="PNG")


def _save(place, png, name):
    place.download_button(
        "Save as PNG", png, f"{name}.png", "image/png", on_click="ignore"
    )


def _seed(place, label, value=0):
    return place.number_input(label, 0, 2**31 - 1, value)


# ------------------------------------------------- images from latent vectors


def _latent(st, gan, name):
    side = st.sidebar
    views = {"Images": _images, "Interpolation": _interpolation}
    if hasattr(gan, "mix_styles"):
        views["Styles"] = _styles
    if isinstance(gan.sample, Image):
        views["Your picture"] = _editing
    view = side.segmented_control(
        "Show", list(views), default="Images", required=True
    )
    draw, settings = views[view](side, gan)
    kinds = PROJECTED if view == "Your picture" else WIDGETS
    settings |= _chosen(side, gan, kinds)
    if view != "Styles":  # which come from latents of seeds
        settings |= _moves(side, gan)
    with side, st.spinner("Drawing ..."):
        png = pictures.encoded(draw(gan, **settings), min_side=SHOWN)
    _show(st, png)
    _save(st, png, name)


def _images(side, gan):
    left, right = side.columns(2)
    num = _fitting(gan.sample)
    settings = {
        "num_images": left.number_input("Number of images", 1, 1024, num),
        "seed": _seed(right, "Seed"),
    }
    return explorer.images, settings


def _fitting(sample):
    """Returns how many samples fit on a screen."""
    across = 1024 // max(sample.preview(sample.example(1)).shape[:2])
    return min(max(1, across), 4) ** 2


def _interpolation(side, gan):
    left, right = side.columns(2)
    settings = {
        "seeds": (_seed(left, "From seed"), _seed(right, "To seed", 1)),
        "columns": side.slider("Steps", 2, 20, 9),
        "rows": side.slider("Rows", 1, 10, 4),
        "mode": side.segmented_control(
            "Way", list(arrange.MODES), default="spherical", required=True
        ),
    }
    return explorer.interpolation, settings


def _styles(side, gan):
    last = gan.generator.num_styles - 1
    settings = {
        "layers": side.slider(
            "Layers of the columns",
            0,
            last,
            (0, last // 2),
            help="These layers take their styles from the images at the top, "
            "all others from those at the left. 0 is the coarsest.",
        ),
        "rows": side.slider("Rows", 1, 10, 4),
        "columns": side.slider("Columns", 1, 12, 6),
        "seed": _seed(side, "Seed"),
    }
    return explorer.styles, settings


def _editing(side, gan):
    file = side.file_uploader(
        "A picture to change",
        [ending[1:] for ending in IMAGE_ENDINGS],
        help="The page shows the picture, what the model found for it, and "
        "the picture moved through the latent space. Without a file, it is "
        "a sample.",
    )
    left, right = side.columns(2)
    settings = {
        "file": file,
        "seed": _seed(left, "Seed of the sample"),
        "steps": right.number_input("Steps of the search", 1, 5000, 200),
    }
    return explorer.editing, settings


def _chosen(place, gan, kinds=None):
    """Returns the arguments of the model's verb, one from each widget."""
    found = {}
    for each in gan.controls:
        if kinds is not None and type(each) not in kinds:
            continue
        value = WIDGETS[type(each)](place, each)
        if value is not None:
            found[each.name] = value
    return found


def _classes(place, control):
    choices = control.label, range(control.num_classes)
    names = control.names or [str(number) for number in choices[1]]
    shown = {
        "help": "None chosen: all in turn.",
        "format_func": lambda number: names[number],
    }
    if control.num_classes > 30:
        return place.multiselect(*choices, **shown)
    return place.pills(*choices, selection_mode="multi", **shown)


def _codes(place, control):
    chosen = {
        name: _code(place, name, code)
        for name, code in zip(control.book.names, control.book)
    }
    return {k: value for k, value in chosen.items() if value is not None}


def _code(place, name, code):
    """Returns the value of a code, or None if it is drawn at random."""
    if code.kind == "categorical":
        hint = "None chosen: drawn at random."
        return place.pills(name, code.shown_values, help=hint)
    if not place.toggle(f"Set {name}", help="If not: drawn at random."):
        return None
    low, *_, high = code.shown_values
    labels = [name]
    if code.num > 1:
        labels = [f"{name}, number {n + 1}" for n in range(code.num)]
    return [place.slider(one, low, high, type(low)(0)) for one in labels]


def _resolution(place, control):
    return place.pills(
        control.label,
        control.sides,
        default=control.sides[-1],
        required=True,
    )


def _choice(place, control):
    texts = list(control.options.values())
    chosen = place.segmented_control(
        control.label, texts, default=texts[0], required=True
    )
    return list(control.options)[texts.index(chosen)]


def _switch(place, control):
    return place.toggle(control.label, True, help=f"{control.help}.")


def _number(place, control):
    return _seed(place, control.label)


def _amount(place, control):
    if not place.toggle(
        f"Set {control.label.lower()}", help=f"{control.help}."
    ):
        return None
    return place.slider(control.label, control.low, control.high, control.high)


def _moves(side, gan):
    if not side.toggle(
        "Move through the latent space",
        help="Along the directions that change the images most.",
    ):
        return {}
    moves = [
        side.slider(f"Direction {place + 1}", -3.0, 3.0, 0.0, 0.1)
        for place in range(min(DIRECTIONS, gan.latent_dim))
    ]
    return {"moves": moves}


# ------------------------------------------------------ images from pictures


def _translation(st, gan, name):
    settings = _chosen(st.sidebar, gan)
    longest = st.sidebar.number_input(
        "Longer side at most",
        1,
        4096,
        max(gan.image_shape[:2]),
        help="Larger pictures are made smaller first. Networks know the "
        "scale that they were trained at best.",
    )
    file = st.file_uploader(
        f"A picture to {gan.verb}", [ending[1:] for ending in IMAGE_ENDINGS]
    )
    if file is None:
        return
    with st.sidebar, st.spinner("Working ..."):
        before, after = explorer.translation(gan, file, longest, **settings)
    left, right = st.columns(2)
    _show(left, pictures.encoded(before, SHOWN // 2), "Before")
    _show(right, pictures.encoded(after, SHOWN // 2), "After")
    _save(right, pictures.encoded(after), name)


WIDGETS = {
    controls.Labels: _classes,
    controls.Codes: _codes,
    controls.Resolution: _resolution,
    controls.Choice: _choice,
    controls.Switch: _switch,
    controls.Number: _number,
    controls.Amount: _amount,
}
#: What is chosen for a picture of the user.
PROJECTED = (controls.Labels, controls.Codes)
VERBS = {
    "generate": _latent,
    "translate": _translation,
    "restore": _translation,
}

if __name__ == "__main__":
    page(*explorer.served())
