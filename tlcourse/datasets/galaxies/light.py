"""The light of one synthetic galaxy, before any telescope: discs, bulges, arms, bars, dust and tidal tails."""

import functools

import numpy as np

SIZE = 48  # height and width of an image, in pixels
# Numbers that meet an array are np.float32: a float64, such as np.cos returns, would make the whole array float64. That
# is slower and changes the images.
_AXIS = np.arange(SIZE, dtype=np.float32) - (SIZE - 1) / 2
_X, _Y = np.meshgrid(_AXIS, _AXIS)
# Colors of old stars, of young stars and of the nebulae in which stars form: red, green, blue.
_OLD, _YOUNG, _NEBULA = (np.array(color, np.float32) for color in ((1, 0.74, 0.46), (0.62, 0.8, 1), (1, 0.5, 0.72)))


def sersic(radius, effective_radius, index):
    """Surface brightness at `radius`, 1 at the effective radius, within which half of the light comes.

    Parameters
    ----------
    radius, effective_radius : numpy.ndarray, float
        Both in pixels.
    index : float
        1 is a disc (Freeman 1970), 4 a giant elliptical (de Vaucouleurs 1948).

    Returns
    -------
    numpy.ndarray
        exp(-b ((r / r_e)^(1/n) - 1)) (Sérsic 1963), with b = 2n - 1/3 + 4/(405n) (Ciotti and Bertin 1999).
    """
    b = 2 * index - 1 / 3 + 4 / (405 * index)
    return np.exp(-b * ((radius / np.float32(effective_radius)) ** np.float32(1 / index) - 1))


class Sky:
    """A patch of sky under construction: three planes of light (red, green, blue), linear, 0 is dark."""

    def __init__(self):
        self.planes = np.zeros((3, SIZE, SIZE), np.float32)

    def add(self, light, color, total):
        """Add `light` (height, width), scaled to `total` over the image, in `color`."""
        self.planes += color[:, None, None] * (light * np.float32(total / light.sum()))

    def point(self, x, y, color, total):
        """Add a source of no size, shared among the four pixels around it; outside the image it is lost."""
        column, row = x + (SIZE - 1) / 2, y + (SIZE - 1) / 2
        left, top = int(np.floor(column)), int(np.floor(row))
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            if 0 <= top + i < SIZE and 0 <= left + j < SIZE:
                share = (1 - abs(row - top - i)) * (1 - abs(column - left - j))
                self.planes[:, top + i, left + j] += color * np.float32(total * share)


class Frame:
    """Coordinates along the long and the short axis of an inclined body (pixels), and its elliptical radius."""

    def __init__(self, x, y, angle, axis_ratio):
        self.origin, self.angle, self.axis_ratio = (x, y), angle, axis_ratio
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        dx, dy = _X - np.float32(x), _Y - np.float32(y)
        self.u, self.v = cos * dx + sin * dy, (cos * dy - sin * dx) / np.float32(axis_ratio)
        self.radius = np.sqrt(self.u**2 + self.v**2 + np.float32(0.15))  # a pixel has no infinitely bright center

    def place(self, radius, theta):
        """The image's x and y of a point of the body, given by radius and angle in its plane."""
        u, v = radius * np.cos(theta), radius * np.sin(theta) * self.axis_ratio
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return self.origin[0] + cos * u - sin * v, self.origin[1] + sin * u + cos * v


def draw_light(kind, rng):
    """The light of a galaxy of `kind`, with stars before it and small galaxies behind.

    Parameters
    ----------
    kind : int
        Place in `KINDS`.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray
        Shape (3, 48, 48), dtype float32, linear; a galaxy's light is about 1,000 in each color.
    """
    sky = Sky()
    x, y = rng.normal(0, 1.5, 2)
    total = 1000 * 10 ** rng.normal(0, 0.1)
    _PAINTERS[KINDS[kind]](sky, Frame(x, y, rng.uniform(0, np.pi), 1), total, rng)
    for _ in range(rng.poisson(1.2)):
        color = _OLD + (_YOUNG - _OLD) * np.float32(rng.random())
        sky.point(*rng.uniform(-SIZE / 2, SIZE / 2, 2), color, total * 10 ** rng.uniform(-1.8, -0.7))
    for _ in range(rng.poisson(1.5)):
        far = Frame(*rng.uniform(-SIZE / 2, SIZE / 2, 2), rng.uniform(0, np.pi), rng.uniform(0.3, 1))
        color = _OLD + (_YOUNG - _OLD) * np.float32(rng.random())
        sky.add(sersic(far.radius, rng.uniform(0.8, 1.6), 1.0), color, total * rng.uniform(0.01, 0.04))
    return sky.planes


def _tilted(frame, axis_ratio):
    """The same place and angle, for a body that looks flatter: short axis over long axis is `axis_ratio`."""
    return Frame(*frame.origin, frame.angle, axis_ratio)


def _spiral(sky, frame, total, rng, barred=False):
    """A disc with logarithmic arms, which keep their pitch at every radius, young stars along them, and a bulge."""
    frame = _tilted(frame, rng.uniform(0.5, 1))
    scale, turn, arms = rng.uniform(5.5, 8.5), rng.choice([-1, 1]), rng.choice([2, 2, 2, 3, 4])
    start = 2.5
    if barred:  # two arms, one from either end of the bar
        start, arms = rng.uniform(4.5, 7), 2
    wind = turn / np.tan(np.radians(rng.uniform(14, 32)))
    theta = np.arctan2(frame.v, frame.u) - wind * np.log(np.maximum(frame.radius, start) / np.float32(start))
    ridge = np.exp(np.float32(rng.uniform(1.5, 3)) * (np.cos(arms * theta) - 1))
    disc = sersic(frame.radius, scale, 1.0)
    inside = 1 / (1 + np.exp((np.float32(start) - frame.radius) * 2))  # no arms within the bulge or the bar
    bulge = rng.uniform(0.08, 0.3) * (0.5 if barred else 1)
    sky.add(sersic(frame.radius, rng.uniform(1.2, 2), 2.0), _OLD, total * bulge)
    if barred:
        _bar(sky, frame, start, total, rng)
    share = rng.uniform(0.45, 0.7)
    sky.add(disc, 0.5 * (_OLD + _YOUNG), total * (1 - bulge) * (1 - share))
    sky.add(disc * ridge * inside, _YOUNG, total * (1 - bulge) * share)
    for _ in range(rng.integers(4, 14)):
        radius = rng.uniform(start, 2 * scale)
        theta = wind * np.log(radius / start) + 2 * np.pi / arms * rng.integers(arms) + rng.normal(0, 0.15)
        sky.point(*frame.place(radius, theta), _NEBULA, total * rng.uniform(0.003, 0.012))


def _bar(sky, frame, length, total, rng):
    """A straight bar of old stars through the center, `length` pixels to either side."""
    across = np.abs(frame.v / np.float32(rng.uniform(1.1, 1.6))) ** 2
    sky.add(np.exp(-((np.abs(frame.u) / np.float32(length)) ** 4) - across), _OLD, total * rng.uniform(0.15, 0.28))


def _elliptical(sky, frame, total, rng, axis_ratio=None):
    """Old stars, without a disc or arms."""
    frame = _tilted(frame, rng.uniform(0.82, 1) if axis_ratio is None else axis_ratio)
    sky.add(sersic(frame.radius, rng.uniform(4, 9), rng.uniform(2.5, 4.5)), _OLD, total)


def _flat_elliptical(sky, frame, total, rng):
    _elliptical(sky, frame, total, rng, axis_ratio=rng.uniform(0.35, 0.6))


def _edge_on(sky, frame, total, rng, bulge=0.0):
    """A disc from the side: exponential along it, sech² across it (van der Kruit and Searle 1981), with dust."""
    scale, thickness = rng.uniform(4.5, 7.5), rng.uniform(0.8, 1.5)
    across = 1 / np.cosh(np.clip(frame.v / np.float32(thickness), -20, 20)) ** 2
    disc = np.exp(-np.abs(frame.u) / np.float32(scale)) * across
    sky.add(disc, 0.35 * _OLD + 0.65 * _YOUNG, total * (1 - bulge))
    if bulge:
        round_part = Frame(*frame.origin, frame.angle, rng.uniform(0.7, 0.95))
        sky.add(sersic(round_part.radius, rng.uniform(2, 3.4), 2.0), _OLD, total * bulge)
    if rng.random() < 0.75:
        dust = np.exp(-(((frame.v - np.float32(rng.normal(0, 0.4))) / np.float32(0.7)) ** 2))
        dust *= np.exp(-((np.abs(frame.u) / np.float32(2.2 * scale)) ** 4))
        opacity = rng.uniform(0.4, 0.8) * np.array([0.75, 0.9, 1], np.float32)  # dust takes more of the blue
        sky.planes *= 1 - opacity[:, None, None] * dust


def _edge_on_with_bulge(sky, frame, total, rng):
    _edge_on(sky, frame, total, rng, bulge=rng.uniform(0.25, 0.5))


def _close_pair(sky, frame, total, rng):
    """Two galaxies about to merge, each pulled toward the other, and a bridge of stars between them."""
    distance, share = rng.uniform(8, 15), rng.uniform(0.35, 0.65)
    for end, part in ((-0.5, share), (0.5, 1 - share)):
        x, y = frame.place(distance * end, 0.0)
        body = Frame(x, y, rng.uniform(0, np.pi), rng.uniform(0.5, 1))
        if rng.random() < 0.5:
            _spiral(sky, body, total * part, rng)
        else:
            sky.add(sersic(body.radius, rng.uniform(2.5, 4.5), rng.uniform(1.5, 4)), _OLD, total * part)
    bridge = np.exp(-((frame.v / np.float32(2.0)) ** 2) - (np.abs(frame.u) / np.float32(0.6 * distance)) ** 4)
    sky.add(bridge, _YOUNG, total * rng.uniform(0.03, 0.1))


def _merger_with_tails(sky, frame, total, rng):
    """A merged body with two nuclei, and tidal tails flung out on either side (Toomre and Toomre 1972)."""
    body = _tilted(frame, rng.uniform(0.55, 0.95))
    sky.add(sersic(body.radius, rng.uniform(3, 5), 1.5), 0.6 * _OLD + 0.4 * _YOUNG, total * 0.55)
    for end in (-1, 1):
        x, y = frame.place(end * rng.uniform(1, 2.4), rng.normal(0, 0.3))
        sky.add(sersic(Frame(x, y, 0, 1).radius, rng.uniform(0.8, 1.4), 1.0), _OLD, total * rng.uniform(0.08, 0.16))
    wind, theta = rng.choice([-1, 1]) * rng.uniform(0.7, 1.6), np.arctan2(frame.v, frame.u)
    for side in (0, np.pi):
        length, own_wind = rng.uniform(12, 26), np.float32(wind * rng.uniform(0.6, 1.3))
        bend = theta - side - own_wind * np.log(frame.radius / 4) - np.float32(rng.normal(0, 0.3))
        apart = np.abs((bend + np.pi) % np.float32(2 * np.pi) - np.pi) * frame.radius
        tail = np.exp(-((apart / np.float32(rng.uniform(1.3, 2.2))) ** 2))
        tail *= np.exp(-frame.radius / 9) / (1 + np.exp(frame.radius - np.float32(length)))
        sky.add(tail / (1 + np.exp(4 - frame.radius)), _YOUNG, total * rng.uniform(0.06, 0.22))


_PAINTERS = {  # in pairs: two kinds of each class, in the order of `galaxies.CLASS_NAMES`
    "spiral": _spiral,
    "barred spiral": functools.partial(_spiral, barred=True),
    "round elliptical": _elliptical,
    "flat elliptical": _flat_elliptical,
    "edge-on with bulge": _edge_on_with_bulge,
    "thin edge-on": _edge_on,
    "close pair": _close_pair,
    "merger with tails": _merger_with_tails,
}
KINDS = tuple(_PAINTERS)
