// Two bell curves, the share of one of them, and a threshold: `widgets.PriorExplorer`. Python has computed the tails.

const SHARE = "share of class 1", wholePercent = share => `${Math.round(100 * share)}%`;

// Accuracy, recall, precision and balanced accuracy, from the share of class 1 and how much of each class is above the
// threshold.
function scores(share, [above0, above1]) {
  const hits = share * above1, alarms = (1 - share) * above0, rejections = (1 - share) * (1 - above0);
  return [hits + rejections, above1, hits / (hits + alarms), (above1 + 1 - above0) / 2];
}

function drawClasses({ x, densities }, share, threshold, best, width) {
  const left = 14, right = width - 8, top = 40, bottom = 232, weights = [1 - share, share];
  const along = scale([x[0], x.at(-1)], [left, right]), up = scale([0, 0.42], [bottom, top]);
  const name = (label, place) => text(along(place), up(weights[label] * 0.22) - 6, `class ${label}`, { "text-anchor": label ? "start" : "end" });
  const point = (label, index) => [along(x[index]), up(weights[label] * densities[label][index])];
  const indices = x.map((_, index) => index);
  const wrong = (label, side) => { // the part of a class that gets the wrong prediction
    const curve = indices.filter(index => side(x[index])).map(index => point(label, index));
    const points = [[curve[0][0], bottom], ...curve, [curve.at(-1)[0], bottom]];
    return svg("polygon", { points: points.map(place => place.join(",")).join(" "), fill: SERIES[label], opacity: 0.35 });
  };
  const upright = (place, from, look) => line([[along(place), from], [along(place), bottom]], look);
  const inside = (place, room) => Math.min(right - room, Math.max(left + room, along(place)));
  return [
    ...axes({ scale: along, ticks: [-3, -2, -1, 0, 1, 2, 3, 4, 5], label: "x" }, { scale: up, ticks: [] }, { left, right, top, bottom }),
    wrong(0, place => place >= threshold), wrong(1, place => place <= threshold),
    ...[0, 1].map(label => line(indices.map(index => point(label, index)), { stroke: SERIES[label], "stroke-dasharray": DASHES[label] })),
    name(0, -1.2), name(1, 3.2),
    upright(threshold, 34, {}), text(inside(threshold, 36), 28, "your threshold"),
    upright(best, 16, { stroke: GREEN, "stroke-dasharray": "2 3" }), text(inside(best, 36), 12, "Bayes' rule", { class: "bold" }),
  ];
}

function render(el, data) {
  const { shares, thresholds, tails, probabilities, best, bestTails, bestProbabilities } = data;
  liveFigure(el, {
    label: "Two classes, the share of class 1, and a threshold",
    controls: [slider(SHARE, shares, 0.5, wholePercent), slider("threshold", thresholds, 1, value => value.toFixed(1))],
    draw(values, width) {
      const share = values[SHARE], threshold = values.threshold, at = thresholds.indexOf(threshold), row = shares.indexOf(share);
      const yours = scores(share, tails[at]), bayes = scores(share, bestTails[row]);
      const names = ["accuracy", "recall of class 1", "precision of class 1", "balanced accuracy"];
      return {
        height: 272,
        shapes: drawClasses(data, share, threshold, best[row], width),
        summary: `If ${wholePercent(share)} are class 1, a threshold of ${threshold.toFixed(1)} gives an accuracy of ${percent(yours[0])}. Bayes' rule gives a threshold of ${best[row].toFixed(2)} and an accuracy of ${percent(bayes[0])}.`,
        table: { head: ["threshold", "yours", "Bayes' rule"], rows: [["x", threshold.toFixed(2), best[row].toFixed(2)],
          ["the classifier's own probability", probabilities[at].toFixed(3), bestProbabilities[row].toFixed(3)],
          ...names.map((name, index) => [name, percent(yours[index]), percent(bayes[index])])] },
      };
    },
  });
}
