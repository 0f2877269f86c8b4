// Values that move with a strength: a few curves, one position at a time: `widgets.StrengthExplorer`.

function drawCurves(curves, at, x, y) {
  return Object.values(curves).flatMap(({ means, low, high }, order) => {
    const stroke = SERIES[order % SERIES.length], points = values => values.map((value, index) => [x(index), y(value)]);
    const band = low && [...points(low), ...points(high).reverse()].map(point => point.join(",")).join(" ");
    return [low ? svg("polygon", { points: band, fill: stroke, opacity: 0.15 }) : null,
      line(points(means), { stroke, "stroke-dasharray": DASHES[order % DASHES.length] }),
      svg("circle", { cx: x(at), cy: y(means[at]), r: 5, fill: stroke })];
  });
}

// Round numbers within a range, three to six of them.
function roundTicks([low, high]) {
  const power = 10 ** Math.floor(Math.log10((high - low) / 5)), rough = (high - low) / 5 / power;
  const step = power * (rough <= 1 ? 1 : rough <= 2 ? 2 : rough <= 5 ? 5 : 10), first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

// The names of the curves in rows below the chart, and the height of these rows.
function drawKeys(names, top, width) {
  const columns = Math.max(1, Math.min(names.length, Math.floor(width / 170))), pitch = width / columns;
  const shapes = names.map((name, order) => svg("g", { transform: `translate(${(order % columns) * pitch + 8} ${top + 18 * Math.floor(order / columns)})` },
    line([[0, 8], [26, 8]], { stroke: SERIES[order % SERIES.length], "stroke-dasharray": DASHES[order % DASHES.length] }),
    text(34, 12, name, { "text-anchor": "start" })));
  return { shapes, height: 18 * Math.ceil(names.length / columns) };
}

function render(el, { name, methods, yLabel, range, inPercent }) {
  const places = methods[0].strengths.map((_, index) => index), several = methods.length > 1, write = inPercent ? percent : significant;
  const position = slider(name, places, Math.floor(places.length / 2), index => significant(chosen.strengths[index]));
  let chosen = methods[0];
  liveFigure(el, {
    label: `${yLabel} by ${name}`,
    controls: several ? [choice("method", methods.map(({ title }) => title)), position] : [position],
    changed(control, values, set) {
      if (control !== "method") return;
      chosen = methods[values.method];
      set(name, values[name]); // the same position is another value now
    },
    draw(values, width) {
      const { title, strengths, curves } = chosen, at = values[name], left = 52, right = width - 12, top = 18, bottom = 232;
      const x = scale([0, Math.max(1, strengths.length - 1)], [left, right]), y = scale(range, [bottom, top]), names = Object.keys(curves);
      const ticks = places.filter(index => strengths.length < 9 || index % 2 === 0), keys = drawKeys(names, bottom + 42, width);
      const interval = ({ low, high }) => (low ? [`${write(low[at])} to ${write(high[at])}`] : []);
      const withIntervals = Object.values(curves).some(({ low }) => low);
      return {
        height: bottom + 46 + keys.height,
        shapes: [...axes({ scale: x, ticks, label: several ? `${title}: ${name}` : name, format: index => significant(strengths[index], 2) },
          { scale: y, ticks: roundTicks(range), label: yLabel, format: value => (inPercent ? `${Math.round(100 * value)}%` : significant(value, 2)) }, { left, right, top, bottom }),
          line([[x(at), top], [x(at), bottom]], { "stroke-width": 1, "stroke-dasharray": "2 3" }), ...drawCurves(curves, at, x, y), ...keys.shapes],
        summary: `${several ? `${title}, ` : ""}${name} ${significant(strengths[at])}: ${names.map(key => `${key} ${write(curves[key].means[at])}`).join(", ")}.`,
        table: { head: ["", yLabel, ...(withIntervals ? ["95% interval"] : [])],
          rows: names.map(key => [key, write(curves[key].means[at]), ...interval(curves[key])]) },
      };
    },
  });
}
