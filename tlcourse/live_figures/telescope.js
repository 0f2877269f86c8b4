// A galaxy as a worse telescope sees it, and the accuracy of a classifier there: `widgets.ShiftExplorer`.

// The light of a galaxy, from bytes that are finer in the dark: asinh(light / softening), over that of the brightest.
function decodeLight({ encoded, brightest }, softening) {
  const top = Math.asinh(brightest / softening);
  return Float64Array.from(bytes(encoded), code => softening * Math.sinh((code / 255) * top));
}

// How a point of light spreads after Moffat 1969, with b = 3, normalized on the grid that Python uses.
function spread(seeing, padded) {
  const width = seeing / (2 * Math.sqrt(2 ** (1 / 3) - 1)), half = padded / 2;
  const at = (row, column) => (1 + (row * row + column * column) / width ** 2) ** -3;
  let sum = 0;
  for (let row = -half; row < half; row++) for (let column = -half; column < half; column++) sum += at(row, column);
  return (row, column) => at(row, column) / sum;
}

// Blur each color of an image. Only pixels that hold light are spread.
function blur(light, size, seeing, padded) {
  const kernel = spread(seeing, padded), reach = 2 * size - 1, weights = new Float64Array(reach * reach);
  for (let row = 0; row < reach; row++)
    for (let column = 0; column < reach; column++)
      weights[row * reach + column] = kernel(row - size + 1, column - size + 1);
  const seen = new Float64Array(light.length);
  light.forEach((amount, index) => {
    if (amount < 1e-4) return;
    const channel = Math.floor(index / size ** 2) * size ** 2, fromRow = Math.floor((index - channel) / size);
    const fromColumn = index % size;
    for (let row = 0; row < size; row++) {
      const weight = (row - fromRow + size - 1) * reach - fromColumn + size - 1, into = channel + row * size;
      for (let column = 0; column < size; column++) seen[into + column] += amount * weights[weight + column];
    }
  });
  return seen;
}

// Counted with noise, and stretched as color images of the sky are (Lupton et al. 2004): see galaxies.expose.
function expose(seen, size, exposure, { sky, white, softening, floor }, noise) {
  const counts = seen.map(amount => amount + Math.sqrt((amount + sky) / exposure) * noise());
  const place = (x, y, channel) => channel * size ** 2 + y * size + x;
  return (x, y) => {
    const channels = [0, 1, 2].map(channel => counts[place(x, y, channel)]);
    const brightness = Math.max(1e-3, (channels[0] + channels[1] + channels[2]) / 3) / white;
    const shown = Math.asinh(brightness / softening) / Math.asinh(1 / softening);
    return channels.map(count => Math.round(255 * Math.min(1, Math.max(0, (count / white + floor) * (shown / brightness)))));
  };
}

function drawAccuracies(seeings, column, chosen, place, chance) {
  const last = seeings.length - 1, x = scale([seeings[0], seeings[last]], [place.left + 10, place.right - 10]);
  const y = scale([0, 1], [place.bottom, place.top]), at = index => [x(seeings[index]), y(column[index])];
  return [
    ...axes({ scale: x, ticks: seeings, label: "seeing: width of a star's image, in pixels" },
      { scale: y, ticks: [0, 0.25, 0.5, 0.75, 1], label: "accuracy", format: share => `${100 * share}%` }, place),
    line([[place.left, y(chance)], [place.right, y(chance)]], { "stroke-dasharray": "2 3", "stroke-width": 1 }),
    text(place.left + 8, y(chance) + 15, "chance level", { "text-anchor": "start" }),
    line(seeings.map((_, index) => at(index)), { stroke: BLUE }),
    ...seeings.map((_, index) => svg("circle", { cx: at(index)[0], cy: at(index)[1], r: 4, fill: BLUE })),
    svg("circle", { cx: at(chosen)[0], cy: at(chosen)[1], r: 8, fill: RED }),
  ];
}

function render(el, { titles, lights, seeings, exposures, accuracies, optics, chance }) {
  const decoded = lights.map(light => decodeLight(light, optics.softening)), blurred = new Map();
  const seenThrough = (galaxy, seeing) => {
    const key = `${galaxy} ${seeing}`;
    if (!blurred.has(key)) blurred.set(key, blur(decoded[galaxy], optics.size, seeing, optics.padded));
    return blurred.get(key);
  };
  liveFigure(el, {
    label: "A galaxy through a worse telescope, and the accuracy there",
    controls: [choice("galaxy", titles), slider("seeing", seeings, seeings[0]), slider("exposure", exposures, exposures[0])],
    draw({ galaxy, seeing, exposure }, width) {
      const column = accuracies.map(row => row[exposures.indexOf(exposure)]), chosen = seeings.indexOf(seeing);
      const random = generator(7), noise = el.dataset.noise === "off" ? () => 0 : () => normal(random);
      const paint = expose(seenThrough(galaxy, seeing), optics.size, exposure, optics, noise);
      const beside = width >= NARROW, side = beside ? 200 : Math.min(220, width);
      const place = { left: 46, right: beside ? width - side - 30 : width - 8, top: 24, bottom: 205 };
      const image = { x: beside ? width - side : 0, y: beside ? 10 : 250, width: side, height: side };
      return {
        height: beside ? 248 : 250 + side,
        shapes: [...drawAccuracies(seeings, column, chosen, place, chance),
          svg("image", { href: pixelImage(optics.size, optics.size, paint), ...image })],
        summary: `Seeing ${seeing} pixels, exposure ${exposure}: the classifier recognizes ${percent(column[chosen])} of the galaxies.`,
      };
    },
  });
}
