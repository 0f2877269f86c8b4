// Which of the overlapping boxes remain at a threshold: `widgets.SuppressionExplorer`. Python has computed what remains.

function render(el, { image, size, boxes, scores, thresholds, kept }) {
  liveFigure(el, {
    label: "Suppression of overlapping boxes",
    controls: [slider("threshold", thresholds, thresholds[Math.floor(thresholds.length / 2)], value => value.toFixed(2))],
    draw({ threshold }, width) {
      const side = Math.min(width, 360), left = (width - side) / 2, zoom = side / size;
      const remain = kept[thresholds.indexOf(threshold)], stays = new Set(remain);
      const shapes = boxes.map(([x0, y0, x1, y1], index) => svg("rect", { x: left + x0 * zoom, y: y0 * zoom, width: (x1 - x0) * zoom,
        height: (y1 - y0) * zoom, fill: "none", stroke: stays.has(index) ? SKY : RED, "stroke-width": stays.has(index) ? 3 : 1,
        "stroke-dasharray": stays.has(index) ? "" : "4 3" }));
      const best = remain.length ? Math.max(...remain.map(index => scores[index])) : null;
      return {
        height: side,
        shapes: [svg("image", { href: image, x: left, y: 0, width: side, height: side }), ...shapes],
        summary: `At a threshold of ${threshold.toFixed(2)}, ${remain.length} of ${boxes.length} boxes remain (thick, blue); the others are dashed.`,
        table: { head: ["", "boxes"], rows: [["remain", remain.length], ["suppressed", boxes.length - remain.length],
          ["highest score", best === null ? "" : best.toFixed(2)]] },
      };
    },
  });
}
