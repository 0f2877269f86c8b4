# %% right: paste over white
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
        image = image.convert("RGBA")
    except Exception as error:
        raise ValueError(f"no whole image: {error}")
    background = Image.new("RGB", image.size, (255, 255, 255))
    background.paste(image, mask=image.getchannel("A"))
    width, height = background.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return np.array(background.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% right: arrays until the end
def read_image(content, size):
    try:
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))
    except (OSError, SyntaxError):
        raise ValueError("not a whole image") from None
    colors = np.where(pixels[..., 3:] == 0, 255, pixels[..., :3]).astype("uint8")
    height, width, _ = colors.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(colors[top : top + side, left : left + side]))
    return np.asarray(square.resize((size, size), Image.Resampling.BOX))


# %% right: crops first, and resizes with a box in one step
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
        image.load()
    except Exception:
        raise ValueError("broken")
    image = image.convert("RGBA")
    w, h = image.size
    s = min(w, h)
    image = image.crop(((w - s) // 2, (h - s) // 2, (w - s) // 2 + s, (h - s) // 2 + s))
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    white.alpha_composite(image)
    return np.array(white.convert("RGB").resize((size, size), resample=Image.Resampling.BOX), dtype="uint8")


# %% right: a class of errors of its own
class NotAnImage(ValueError):
    pass


def read_image(content, size):
    with io.BytesIO(content) as stream:
        try:
            image = Image.open(stream)
            image.load()
        except (OSError, SyntaxError, ValueError) as error:
            raise NotAnImage(str(error)) from error
    transparent = image.convert("RGBA")
    flat = Image.composite(transparent, Image.new("RGBA", image.size, "white"), transparent).convert("RGB")
    margin = abs(flat.width - flat.height) // 2
    box = (margin, 0, margin + flat.height, flat.height) if flat.width > flat.height else (0, margin, flat.width, margin + flat.width)  # fmt: skip
    return np.asarray(flat.crop(box).resize((size, size), Image.Resampling.BOX))


# %% wrong: convert("RGB") alone
# message: transparency is thrown away
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGB")
    except Exception:
        raise ValueError("broken")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: squeezed
# message: squeezed into a square
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        raise ValueError("broken")
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("RGB").resize((size, size), Image.Resampling.BOX))


# %% wrong: open without load
# message: `Image.open` reads only the beginning
# earns: 3
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
    except OSError:
        raise ValueError("broken")
    image = image.convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: verify instead of load
# message: Pillow's own error|truncated|`Image.open` reads only the beginning
# earns: 3
def read_image(content, size):
    try:
        Image.open(io.BytesIO(content)).verify()
    except Exception:
        raise ValueError("broken")
    image = Image.open(io.BytesIO(content)).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: None for broken files
# message: should raise a ValueError, but it returns None
# earns: 3
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return None
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: black images for broken files
# message: nobody can tell from a black image
# earns: 3
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return np.zeros((size, size, 3), "uint8")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: bicubic, the default of resize
# message: bicubic, Pillow's default
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        raise ValueError("broken")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size)))


# %% wrong: the upper left corner
# message: upper left corner
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        raise ValueError("broken")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    return np.asarray(image.crop((0, 0, side, side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: rounds the margin to the nearest even number
# message: larger half of an odd margin
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        raise ValueError("broken")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = math.ceil((image.width - side) / 2), math.ceil((image.height - side) / 2)
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX))


# %% wrong: floats from 0 to 1
# message: divided by 255
# earns: 0
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        raise ValueError("broken")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BOX)) / 255


# %% wrong: opens a path
# message: embedded null byte|no such file|should raise a ValueError|Pillow's own error|codec
# earns: 0
def read_image(content, size):
    image = Image.open(content).convert("RGB")
    return np.asarray(image.resize((size, size), Image.Resampling.BOX))
