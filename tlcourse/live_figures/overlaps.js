// A predicted mask whose parts move, shrink or grow, and its scores: `widgets.OverlapExplorer`.

// A region that is moved, and then grown by `outline` pixels on each side, or shrunk if it is below 0.
function movedRegion(region, [width, height], right, down, outline) {
  const at = (x, y) => (x >= 0 && x < width && y >= 0 && y < height ? region[y * width + x] : 0);
  const reach = Math.abs(outline), moved = region.map((_, place) => at((place % width) - right, Math.floor(place / width) - down));
  if (reach === 0) return moved;
  const wanted = outline > 0 ? 1 : 0; // a pixel becomes 1 if any pixel near it is 1, or 0 if any is 0
  return moved.map((value, place) => {
    const x = place % width, y = Math.floor(place / width);
    for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
      for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
        if (moved[row * width + column] === wanted) return wanted;
      }
    }
    return 1 - wanted;
  });
}

function prediction(regions, size, parts, { right, down, outline }) {
  const mask = new Uint8Array(size[0] * size[1]);
  regions.forEach((region, index) => {
    const shown = parts.includes(index + 1) ? movedRegion(region, size, right, down, outline) : region;
    shown.forEach((value, place) => { if (value) mask[place] = index + 1; });
  });
  return mask;
}

// For each class its share of the true pixels and its IoU (null if neither mask has it); their mean; correct pixels.
function masksAgree(predicted, truth, classes) {
  const both = Array(classes).fill(0), either = Array(classes).fill(0), count = Array(classes).fill(0);
  truth.forEach((label, place) => {
    count[label] += 1;
    either[label] += 1;
    if (predicted[place] === label) both[label] += 1;
    else either[predicted[place]] += 1;
  });
  const ious = both.map((shared, label) => (either[label] ? shared / either[label] : null)), present = ious.filter(iou => iou !== null);
  return { ious, shares: count.map(pixels => pixels / truth.length), mean: present.reduce((sum, iou) => sum + iou, 0) / present.length,
    accuracy: both.reduce((sum, shared) => sum + shared, 0) / truth.length };
}

function drawMasks(images, size, width) {
  const columns = width < NARROW ? 2 : 4, pitch = width / columns, side = Math.min(pitch - 10, 168), tall = (side * size[1]) / size[0];
  const shapes = Object.entries(images).flatMap(([title, href], index) => {
    const x = (index % columns) * pitch + (pitch - side) / 2, y = Math.floor(index / columns) * (tall + 26);
    return [text(x + side / 2, y + 12, title), svg("image", { href, x, y: y + 18, width: side, height: tall })];
  });
  return { shapes, height: (4 / columns) * (tall + 26) };
}

function drawBars(entries, top, width) {
  const left = 96, room = width - left - 60;
  return entries.flatMap(([name, value, fill, words], index) => [
    text(left - 8, top + 20 * index + 12, name, { "text-anchor": "end", class: index < 2 ? "bold" : null }),
    svg("rect", { x: left, y: top + 20 * index + 1, width: room * value, height: 14, fill, stroke: INK, "stroke-width": 0.5 }),
    text(left + room * value + 6, top + 20 * index + 12, words, { "text-anchor": "start" })]);
}

function render(el, { image, size, mask, regions, names, colors, parts, limits: [farthest, widest] }) {
  const truth = bytes(mask), masks = regions.map(bytes), around = limit => Array.from({ length: 2 * limit + 1 }, (_, index) => index - limit);
  const choices = [["all parts", parts], ...parts.map(part => [names[part], [part]])];
  const pixels = value => `${value} px`, paint = color => pixelImage(size[0], size[1], (x, y) => color(y * size[0] + x));
  const truthImage = paint(place => colors[truth[place]]);
  liveFigure(el, {
    label: "Mean IoU and correct pixels of a mask that moves",
    controls: [choice("part", choices.map(([title]) => title)), slider("right", around(farthest), 0, pixels),
      slider("down", around(farthest), 0, pixels), slider("outline", around(widest), 0, pixels)],
    draw(values, width) {
      const [title, chosen] = choices[values.part], predicted = prediction(masks, size, chosen, values);
      const { ious, shares, mean, accuracy } = masksAgree(predicted, truth, names.length);
      const shown = { image, "true mask": truthImage, prediction: paint(place => colors[predicted[place]]),
        "wrong pixels": paint(place => (predicted[place] === truth[place] ? 235 : [213, 94, 0])) };
      const panels = drawMasks(shown, size, width), classes = names.map((name, label) => [name, ious[label], label]).filter(([, iou]) => iou !== null);
      const bars = [["correct pixels", accuracy, PALE, percent(accuracy)], ["mean IoU", mean, PALE, mean.toFixed(3)],
        ...classes.map(([name, iou, label]) => [name, iou, `rgb(${colors[label]})`, iou.toFixed(3)])];
      return {
        height: panels.height + 20 * bars.length + 8,
        shapes: [...panels.shapes, ...drawBars(bars, panels.height + 4, width)],
        summary: `${title}: ${percent(accuracy)} of the pixels are correct, and the mean IoU is ${mean.toFixed(3)}.`,
        table: { head: ["class", "share of the pixels", "IoU"], rows: [...classes.map(([name, iou, label]) => [name, percent(shares[label]), iou.toFixed(3)]),
          ["mean IoU", "", mean.toFixed(3)], ["correct pixels", "", percent(accuracy)]] },
      };
    },
  });
}
