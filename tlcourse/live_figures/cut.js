// The output of each layer of a teacher for an image, and the accuracy after cutting there: `widgets.CutExplorer`.

function drawCurves(curves, names, chosen, place) {
  const x = scale([0, names.length - 1], [place.left, place.right]), y = scale([0, 1], [place.bottom, place.top]);
  const shapes = axes({ scale: x, ticks: [] },
    { scale: y, ticks: [0, 0.25, 0.5, 0.75, 1], label: "accuracy", format: share => `${100 * share}%` }, place);
  shapes.push(line([[x(chosen), place.top], [x(chosen), place.bottom]], { "stroke-width": 1 }));
  shapes.push(text(Math.min(place.right - 20, Math.max(place.left + 50, x(chosen))), place.bottom + 18, `after ${names[chosen]}`));
  curves.forEach(({ label, means, low, high }, index) => {
    const color = SERIES[index], dash = DASHES[index], at = (share, layer) => [x(layer), y(share)];
    const band = [...low.map(at), ...high.map(at).reverse()].map(point => point.join(",")).join(" ");
    shapes.push(svg("polygon", { points: band, fill: color, opacity: 0.2 }));
    shapes.push(line(means.map(at), { stroke: color, "stroke-dasharray": dash }));
    shapes.push(svg("circle", { cx: x(chosen), cy: y(means[chosen]), r: 5, fill: color }));
    const height = place.bottom - 12 - 18 * index;
    shapes.push(line([[place.left + 8, height - 4], [place.left + 30, height - 4]], { stroke: color, "stroke-dasharray": dash }));
    shapes.push(text(place.left + 36, height, label, { "text-anchor": "start" }));
  });
  return shapes;
}

function render(el, { names, titles, layers, curves }) {
  liveFigure(el, {
    label: "A layer's output for an image, and the accuracy after cutting there",
    controls: [slider("cut after", names, names[0]), choice("image", titles)],
    draw(values, width) {
      const layer = names.indexOf(values["cut after"]), { count, channels, columns, images } = layers[layer];
      const beside = width >= NARROW, side = beside ? Math.min(250, width * 0.36) : Math.min(250, width);
      const contents = count === 1 && channels > 1 ? `${channels} numbers` : `${count} of ${channels} maps`;
      const tall = count > 1 ? (side * Math.ceil(count / columns)) / columns : side * 0.8;
      const place = beside
        ? { left: side + 60, right: width - 10, top: 24, bottom: 225 }
        : { left: 44, right: width - 10, top: tall + 60, bottom: tall + 250 };
      const maps = [text(0, 14, `${names[layer]}: ${contents}`, { "text-anchor": "start" }),
        svg("image", { href: images[values.image], x: 0, y: 24, width: side, height: tall })];
      return {
        height: place.bottom + 26,
        shapes: [...maps, ...drawCurves(curves, names, layer, place)],
        summary: `Cut after ${names[layer]}: ${curves.map(({ label, means }) => `${label} ${percent(means[layer])}`).join(", ")}.`,
        table: { head: [`cut after ${names[layer]}`, "accuracy"],
          rows: curves.map(({ label, means }) => [label, percent(means[layer])]) },
      };
    },
  });
}
