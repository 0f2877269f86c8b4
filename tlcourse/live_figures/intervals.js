// Two methods over the same seeds: add one run of both, and watch the intervals form: `widgets.IntervalExplorer`.

const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length;

// Student's interval of the mean; quantiles[n - 2] is that of n - 1 degrees of freedom. Null for fewer than two runs.
function interval(values, quantiles) {
  if (values.length < 2) return null;
  const middle = mean(values), squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const half = quantiles[values.length - 2] * Math.sqrt(squares / (values.length - 1) / values.length);
  return [middle - half, middle + half];
}

// One row for each series: its runs as dots, its mean and its interval.
function drawRows(rows, x, top, colors) {
  return rows.flatMap(({ name, values, bounds }, index) => {
    const y = top + 46 * index, color = colors[index];
    const clipped = bounds && bounds.map(bound => Math.min(x.high, Math.max(x.low, bound)));
    return [
      text(x.left, y - 12, name, { "text-anchor": "start" }),
      bounds ? line([[x.scale(clipped[0]), y], [x.scale(clipped[1]), y]], { stroke: color, "stroke-width": 8, opacity: 0.5 }) : null,
      ...values.map((value, run) => svg("circle", { cx: x.scale(value), cy: y, r: run === values.length - 1 ? 5 : 3, fill: INK, opacity: 0.6 })),
      values.length ? line([[x.scale(mean(values)), y - 9], [x.scale(mean(values)), y + 9]], { stroke: color, "stroke-width": 3 }) : null,
    ];
  });
}

function ticksBetween(low, high) {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find(size => (high - low) / size <= 7) ?? 1;
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toFixed(6)));
}

// The horizontal axis of a panel: its range holds every recorded run, so that it does not move while runs are added.
function panelAxis(values, zero, left, right) {
  const low = Math.min(...values, ...zero), high = Math.max(...values, ...zero), margin = 0.06 * (high - low || 1);
  return { low: low - margin, high: high + margin, left, right, scale: scale([low - margin, high + margin], [left, right]) };
}

function drawPanel(axis, bottom, label) {
  const ticks = ticksBetween(axis.low, axis.high).flatMap(tick => [
    line([[axis.scale(tick), bottom], [axis.scale(tick), bottom + 4]], { "stroke-width": 1 }), text(axis.scale(tick), bottom + 17, tick)]);
  return [line([[axis.left, bottom], [axis.right, bottom]], { "stroke-width": 1 }), ...ticks, text((axis.left + axis.right) / 2, bottom + 33, label)];
}

function verdict(count, bounds, names) {
  if (!count) return "No run yet. Press the button: both methods learn from the same new sample.";
  if (!bounds) return "One run of each: a single difference has no interval.";
  const [low, high] = bounds, runs = `After ${count} runs`;
  if (low <= 0 && high >= 0) return `${runs}, the interval of the difference contains 0: we cannot tell the two apart.`;
  return `${runs}, the interval of the difference leaves out 0: ${names[low > 0 ? 0 : 1]} is better.`;
}

function render(el, { names, series, quantiles, quantity }) {
  let count = 0;
  const all = series[0].map((value, run) => value - series[1][run]);
  const figure = liveFigure(el, {
    label: "The interval of a mean and of a paired difference, run by run",
    controls: [button("one more run", () => { count = Math.min(all.length, count + 1); figure.redraw(); }),
      button("ten more runs", () => { count = Math.min(all.length, count + 10); figure.redraw(); }),
      button("start again", () => { count = 0; figure.redraw(); })],
    draw(_, width) {
      const rows = [...series, all].map((values, index) => {
        const shown = values.slice(0, count);
        return { name: index < 2 ? names[index] : "difference, run by run", values: shown, bounds: interval(shown, quantiles) };
      });
      const methods = panelAxis(series.flat(), [], 10, width - 10), paired = panelAxis(all, [0], 10, width - 10);
      const zero = paired.scale(0);
      return {
        height: 270,
        shapes: [...drawRows(rows.slice(0, 2), methods, 30, [BLUE, GREEN]), ...drawPanel(methods, 98, quantity),
          ...drawRows(rows.slice(2), paired, 184, [RED]), ...drawPanel(paired, 210, `difference in ${quantity}`),
          line([[zero, 160], [zero, 210]], { stroke: RED, "stroke-dasharray": "2 3" })],
        summary: verdict(count, rows[2].bounds, names),
        table: { head: ["", "runs", "mean", "95% interval"], rows: rows.map(({ name, values, bounds }) =>
          [name, values.length, values.length ? mean(values).toFixed(4) : "", bounds ? bounds.map(bound => bound.toFixed(4)).join(" to ") : ""]) },
      };
    },
  });
}
