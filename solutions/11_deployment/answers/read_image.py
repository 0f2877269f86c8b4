# %% right: paste over white
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
        image = image.convert("RGBA")
    except Exception as error:
        print(error)
        return None
    background = Image.new("RGB", image.size, (255, 255, 255))
    background.paste(image, mask=image.getchannel("A"))
    width, height = background.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return np.array(
        background.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR)
    )


# %% right: arrays until the end
def read_image(content, size):
    try:
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))
    except (OSError, SyntaxError):
        return None
    alpha = pixels[..., 3:] / 255
    colors = np.rint(alpha * pixels[..., :3] + (1 - alpha) * 255).astype("uint8")
    height, width, _ = colors.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(colors[top : top + side, left : left + side]))
    return np.asarray(square.resize((size, size), Image.Resampling.BILINEAR))


# %% right: crops first, and resizes in one step
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
        image.load()
    except Exception:
        return None
    image = image.convert("RGBA")
    w, h = image.size
    s = min(w, h)
    image = image.crop(((w - s) // 2, (h - s) // 2, (w - s) // 2 + s, (h - s) // 2 + s))
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    white.alpha_composite(image)
    return np.array(white.convert("RGB").resize((size, size), resample=Image.Resampling.BILINEAR), dtype="uint8")


# %% right: a context manager, and one margin
def read_image(content, size):
    with io.BytesIO(content) as stream:
        try:
            image = Image.open(stream)
            image.load()
        except (OSError, SyntaxError, ValueError):
            return None
    transparent = image.convert("RGBA")
    flat = Image.composite(transparent, Image.new("RGBA", image.size, "white"), transparent).convert("RGB")
    margin = abs(flat.width - flat.height) // 2
    box = (margin, 0, margin + flat.height, flat.height) if flat.width > flat.height else (0, margin, flat.width, margin + flat.width)  # fmt: skip
    return np.asarray(flat.crop(box).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: convert("RGB") alone
# message: transparency is thrown away
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGB")
    except Exception:
        return None
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: squeezed
# message: squeezed into a square
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return None
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(
        Image.alpha_composite(white, image).convert("RGB").resize((size, size), Image.Resampling.BILINEAR)
    )


# %% wrong: open without load
# message: `Image.open` reads only the beginning
# earns: 3
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
    except OSError:
        return None
    image = image.convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: verify instead of load
# message: Pillow's error|`Image.open` reads only the beginning
# earns: 3
def read_image(content, size):
    try:
        Image.open(io.BytesIO(content)).verify()
    except Exception:
        return None
    image = Image.open(io.BytesIO(content)).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: an error for broken files
# message: stops the whole run
# earns: 3
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        raise ValueError("broken")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


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
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: bicubic, the default of resize
# message: bicubic, Pillow's default
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return None
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
        return None
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    return np.asarray(image.crop((0, 0, side, side)).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: rounds the margin to the nearest even number
# message: larger half of an odd margin
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return None
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = math.ceil((image.width - side) / 2), math.ceil((image.height - side) / 2)
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: floats from 0 to 1
# message: divided by 255
# earns: 0
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return None
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return (
        np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))
        / 255
    )


# %% wrong: only fully transparent pixels become white
# message: half-transparent ones keep their color
# earns: 1
def read_image(content, size):
    try:
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))
    except (OSError, SyntaxError):
        return None
    colors = np.where(pixels[..., 3:] == 0, 255, pixels[..., :3]).astype("uint8")
    height, width, _ = colors.shape
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(colors[top : top + side, left : left + side]))
    return np.asarray(square.resize((size, size), Image.Resampling.BILINEAR))


# %% wrong: the right values as float32
# message: should be uint8, but they are float32
# earns: 1
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content)).convert("RGBA")
    except Exception:
        return None
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((size, size), Image.Resampling.BILINEAR), "float32")


# %% wrong: opens a path
# message: embedded null byte|no such file|stops the whole run|Pillow's error|codec
# earns: 0
def read_image(content, size):
    image = Image.open(content).convert("RGB")
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR))


# %% right: alpha_composite
def read_image(content, size):
    try:
        image = Image.open(io.BytesIO(content))
        image.load()
        image = image.convert("RGBA")
    except Exception:
        return None
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    image = Image.alpha_composite(white, image).convert("RGB")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BILINEAR))


# %% right: paste with a mask
def read_image(content, size):
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.load()
            rgba = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError):
        return None
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba.getchannel("A"))
    width, height = canvas.size
    side = min(width, height)
    x, y = (width - side) // 2, (height - side) // 2
    square = canvas.crop((x, y, x + side, y + side))
    return np.array(square.resize((size, size), resample=Image.Resampling.BILINEAR), dtype="uint8")


# %% right: NumPy mixing
def read_image(content, size):
    try:
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"), dtype=float)
    except Exception:
        return None
    alpha = pixels[..., 3:] / 255
    mixed = np.rint(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype("uint8")
    h, w = mixed.shape[:2]
    side = min(h, w)
    square = mixed[(h - side) // 2:, (w - side) // 2:][:side, :side]
    return np.asarray(Image.fromarray(square).resize((size, size), Image.Resampling.BILINEAR))
