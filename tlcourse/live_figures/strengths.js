// Values that move with a strength: a few curves, one position at a time: `widgets.StrengthExplorer`.

function render(el, { name, strengths, curves, xLabel, yLabel, range }) {
  const places = strengths.map((_, index) => index);
  liveFigure(el, {
    label: `${yLabel} by ${name}`,
    controls: [slider(name, places, Math.floor(strengths.length / 2), index => significant(strengths[index]))],
    draw(values, width) {
      const at = values[name], left = 52, right = width - 12, top = 18, bottom = 232, names = Object.keys(curves);
      const x = scale([0, Math.max(1, strengths.length - 1)], [left, right]), y = scale(range, [bottom, top]);
      const ticks = places.filter(index => strengths.length < 9 || index % 2 === 0);
      const drawn = names.flatMap((key, order) => [
        line(curves[key].map((value, index) => [x(index), y(value)]), { stroke: SERIES[order % SERIES.length], "stroke-dasharray": DASHES[order % DASHES.length] }),
        svg("circle", { cx: x(at), cy: y(curves[key][at]), r: 5, fill: SERIES[order % SERIES.length] })]);
      const steps = [0, 1, 2, 3, 4].map(step => range[0] + (step * (range[1] - range[0])) / 4);
      return {
        height: bottom + 42,
        shapes: [...axes({ scale: x, ticks, label: xLabel, format: index => significant(strengths[index], 2) },
          { scale: y, ticks: steps, label: yLabel, format: value => significant(value, 2) }, { left, right, top, bottom }),
          line([[x(at), top], [x(at), bottom]], { "stroke-width": 1, "stroke-dasharray": "2 3" }), ...drawn],
        summary: `${name} ${significant(strengths[at])}: ${names.map(key => `${key} ${significant(curves[key][at])}`).join(", ")}.`,
        table: { head: ["", yLabel], rows: names.map(key => [key, significant(curves[key][at])]) },
      };
    },
  });
}
