// Turn one cloud of points onto another: the best rotation has a formula, orthogonal Procrustes:
// `widgets.ProcrustesExplorer`.

// Turn points by an angle in degrees; mirrored first, if asked.
function turned(points, angle, mirrored) {
  const cosine = Math.cos((angle * Math.PI) / 180), sine = Math.sin((angle * Math.PI) / 180);
  return points.map(([x, y]) => { const side = mirrored ? -y : y; return [cosine * x - sine * side, sine * x + cosine * side]; });
}

// The angle that minimizes the sum of squared distances: in the plane, the orthogonal Procrustes problem has this form.
function bestAngle(source, target, mirrored) {
  let along = 0, across = 0;
  turned(source, 0, mirrored).forEach(([x, y], index) => {
    const [u, v] = target[index];
    along += x * u + y * v;
    across += x * v - y * u;
  });
  return (Math.atan2(across, along) * 180) / Math.PI;
}

function meanDistance(points, target) {
  return Math.sqrt(points.reduce((sum, [x, y], index) => sum + (x - target[index][0]) ** 2 + (y - target[index][1]) ** 2, 0) / points.length);
}

function render(el, { source, target, names, labels }) {
  const reach = 1.1 * Math.max(...[...source, ...target].map(([x, y]) => Math.hypot(x, y)));
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; };
  const align = () => {
    stop();
    const best = Math.round(bestAngle(source, target, figure.values.mirrored === 1));
    const slow = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!slow) figure.set("angle", best);
    else timer = setInterval(() => {
      const gap = best - figure.values.angle;
      figure.set("angle", figure.values.angle + Math.sign(gap) * Math.min(Math.abs(gap), 6));
      if (gap === 0) stop();
      figure.redraw();
    }, 16);
    figure.redraw();
  };
  const degrees = Array.from({ length: 361 }, (_, index) => index - 180);
  const figure = liveFigure(el, {
    label: "Align two clouds of points by a rotation",
    controls: [slider("angle", degrees, 0, angle => `${angle}°`), choice("mirrored", ["no", "yes"]), button("align", align)],
    changed: stop,
    draw({ angle, mirrored }, width) {
      const side = Math.min(width, 360), left = (width - side) / 2, points = turned(source, angle, mirrored === 1);
      const place = ([x, y]) => [left + (side * (x / reach + 1)) / 2, (side * (1 - y / reach)) / 2];
      const distance = meanDistance(points, target), best = bestAngle(source, target, mirrored === 1);
      const least = meanDistance(turned(source, best, mirrored === 1), target);
      const marks = points.flatMap((point, index) => {
        const [from, to] = [place(point), place(target[index])];
        return [line([from, to], { "stroke-width": 1, opacity: 0.4 }), svg("circle", { cx: from[0], cy: from[1], r: 4, fill: RED }),
          svg("rect", { x: to[0] - 4, y: to[1] - 4, width: 8, height: 8, fill: BLUE }),
          labels.length ? text(to[0] + 6, to[1] - 6, labels[index], { "text-anchor": "start" }) : null];
      });
      return {
        height: side, shapes: marks,
        summary: `${names[0]} (red circles) turned by ${angle}°: ${distance.toFixed(3)} from ${names[1]} (blue squares).`,
        table: { head: ["", "angle", "distance"], rows: [["now", `${angle}°`, distance.toFixed(3)], ["best", `${best.toFixed(1)}°`, least.toFixed(3)]] },
      };
    },
  });
}
