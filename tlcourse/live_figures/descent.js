// A network of two weights in a row, w2 * w1 * x: the first comes from a teacher, the second is new. Gradient descent
// with a schedule and a ladder: `widgets.DescentExplorer`.

const SHAPES = {
  constant: () => 1,
  "warm-up and cosine": (step, steps) => {
    const rising = Math.max(1, Math.round(0.1 * steps)), progress = (step - rising) / (steps - rising);
    return step < rising ? step / rising : (1 + Math.cos(Math.PI * progress)) / 2;
  },
  cosine: (step, steps) => (1 + Math.cos((Math.PI * step) / steps)) / 2,
};
const lossAt = ([pretrained, fresh]) => (pretrained * fresh - 1) ** 2 / 2; // a target of 1 for the input 1

// The weights before the first step and after each one; it ends early when a weight is beyond `limit`.
function descend(start, peak, factor, shape, steps, limit) {
  const path = [start];
  for (let step = 0; step < steps; step++) {
    const [pretrained, fresh] = path.at(-1), error = pretrained * fresh - 1, rate = peak * SHAPES[shape](step, steps);
    const next = [pretrained - (rate / factor) * error * fresh, fresh - rate * error * pretrained];
    path.push(next);
    if (next.some(weight => Math.abs(weight) > limit)) break;
  }
  return path;
}

// The surface as an image: darker is a lower loss, on a logarithmic scale.
function surfaceImage({ low, high }, cells) {
  return pixelImage(cells, cells, (column, row) => {
    const at = index => low + ((index + 0.5) / cells) * (high - low);
    const depth = Math.min(1, Math.max(0, (Math.log10(lossAt([at(column), at(cells - 1 - row)])) + 3) / 4));
    return [40 + 200 * depth, 80 + 165 * depth, 130 + 120 * depth];
  });
}

function drawSurface(path, range, place, image) {
  const x = scale([range.low, range.high], [place.left, place.right]), y = scale([range.low, range.high], [place.bottom, place.top]);
  const inside = weight => Math.min(range.high, Math.max(range.low, weight));
  const points = path.map(([pretrained, fresh]) => [x(inside(pretrained)), y(inside(fresh))]), last = points.at(-1);
  return [
    svg("image", { href: image, x: place.left, y: place.top, width: place.right - place.left, height: place.bottom - place.top, preserveAspectRatio: "none" }),
    ...axes({ scale: x, ticks: [-2, -1, 0, 1, 2, 3], label: "weight from the teacher" }, { scale: y, ticks: [-2, -1, 0, 1, 2, 3], label: "new weight" }, place),
    line([[x(1), place.top], [x(1), place.bottom]], { stroke: "#222", "stroke-dasharray": "2 3", "stroke-width": 1 }),
    line(points, { stroke: "#222", "stroke-width": 4 }), line(points, { stroke: ORANGE }),
    ...points.map(([cx, cy]) => svg("circle", { cx, cy, r: 2.5, fill: "#222" })),
    svg("rect", { x: points[0][0] - 5, y: points[0][1] - 5, width: 10, height: 10, fill: "#fff", stroke: "#222" }),
    svg("circle", { cx: last[0], cy: last[1], r: 6, fill: RED, stroke: "#222" }),
  ];
}

function drawLosses(path, steps, place) {
  const y = scale([1e-4, 100], [place.bottom, place.top], true), x = scale([0, steps], [place.left, place.right]);
  const points = path.map((weights, step) => [x(step), y(Math.min(100, Math.max(1e-4, lossAt(weights))))]);
  return [...axes({ scale: x, ticks: [0, steps / 2, steps], label: "step" },
    { scale: y, ticks: [1e-4, 1e-2, 1, 100], label: "loss", format: power => power.toExponential(0) }, place), line(points, { stroke: RED })];
}

function render(el, { start, rates, factors, steps, range, limit }) {
  const image = surfaceImage(range, 60), names = Object.keys(SHAPES);
  liveFigure(el, {
    label: "Gradient descent on the loss surface of two weights in a row",
    controls: [choice("schedule", names), slider("peak", rates, rates[2]), slider("factor", factors, 1)],
    draw({ schedule, peak, factor }, width) {
      const path = descend(start, peak, factor, names[schedule], steps, limit), end = path.at(-1), lost = path.length <= steps;
      const beside = width >= NARROW, middle = beside ? width * 0.56 : width - 10;
      const surface = { left: 34, right: middle, top: 24, bottom: 244 };
      const losses = beside ? { left: middle + 62, right: width - 12, top: 24, bottom: 244 } : { left: 46, right: width - 12, top: 320, bottom: 450 };
      const moved = Math.max(...path.map(([pretrained]) => Math.abs(pretrained - 1)));
      const what = lost ? `after ${path.length - 1} steps the weights have exploded` : `the loss ends at ${significant(lossAt(end))}`;
      return {
        height: losses.bottom + 40,
        shapes: [...drawSurface(path, range, surface, image), ...drawLosses(path, steps, losses)],
        summary: `Peak ${peak}, factor ${factor}: ${what}, and the teacher's weight moved by up to ${significant(moved)}.`,
        table: { head: ["weight", "start", "end", "moved by up to"], rows: [
          ["from the teacher", start[0], significant(end[0]), significant(moved)],
          ["new", start[1], significant(end[1]), significant(Math.max(...path.map(([, fresh]) => Math.abs(fresh - start[1]))))]] },
      };
    },
  });
}
