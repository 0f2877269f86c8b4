// What a training step moves, for each choice of trainable layers: `widgets.FreezingExplorer`.

const NORMS = "train batch norms", CALL = "called with";

// What a step does to each layer: whether its weights and its moving averages change.
function step(layers, values) {
  const training = values[CALL] === 0;
  return layers.map(({ part, norm }) => {
    const learns = values[norm ? NORMS : `train ${part}`];
    return { weights: learns, statistics: norm && learns && training };
  });
}

function drawLayers(layers, moves, first, width) {
  const pitch = (width - 44) / layers.length, middle = 76, way = 132, end = width - 22;
  const shapes = [text(end, middle + 4, "loss", { class: "bold" })];
  layers.forEach(({ part, norm }, index) => {
    const x = (index + 0.5) * pitch, wide = pitch * (norm ? 0.5 : 0.8), tall = norm ? 34 : 56, learns = moves[index].weights;
    shapes.push(svg("rect", { x: x - wide / 2, y: middle - tall / 2, width: wide, height: tall, rx: 3, fill: learns ? BLUE : "none",
      "fill-opacity": 0.45, stroke: learns ? BLUE : INK, "stroke-width": learns ? 2 : 1, "stroke-dasharray": learns ? "" : "3 3",
      "stroke-opacity": learns ? 1 : 0.6 }));
    if (moves[index].statistics) shapes.push(diamond(x, middle - 30));
    if (learns) shapes.push(line([[x, way], [x, middle + tall / 2 + 7]], { stroke: RED }), arrow(x, middle + tall / 2 + 2));
    if (index === 0 || layers[index - 1].part !== part) shapes.push(...bracket(part, index, layers, pitch));
  });
  if (first >= 0) shapes.push(line([[end, middle + 12], [end, way], [(first + 0.5) * pitch, way]], { stroke: RED }));
  return shapes;
}

const diamond = (x, y) => svg("path", { d: `M${x} ${y - 6}l5 6l-5 6l-5 -6z`, fill: ORANGE, stroke: INK });
const arrow = (x, y) => svg("path", { d: `M${x} ${y}l4 7h-8z`, fill: RED });

// The name of a part above its layers.
function bracket(part, first, layers, pitch) {
  const count = layers.filter(layer => layer.part === part).length, left = (first + 0.12) * pitch, right = (first + count - 0.12) * pitch;
  return [text((left + right) / 2, 14, part), line([[left, 26], [left, 21], [right, 21], [right, 26]], { "stroke-width": 1 })];
}

function legend(width) {
  const columns = width < NARROW ? 2 : 5, lefts = width < NARROW ? [0, width / 2] : [0, 140, 330, 430, 520];
  const box = look => svg("rect", { x: 2, y: 0, width: 12, height: 12, rx: 2, ...look });
  const entries = [["weights change", box({ fill: BLUE, "fill-opacity": 0.45, stroke: BLUE, "stroke-width": 2 })],
    ["moving averages change", diamond(8, 6)], ["gradient", line([[0, 6], [16, 6]], { stroke: RED })],
    ["frozen", box({ fill: "none", stroke: INK, "stroke-dasharray": "3 3" })],
    ["batch norm (narrow)", box({ x: 5, width: 6, fill: "none", stroke: INK })]];
  return entries.map(([words, mark], index) => svg("g", { transform: `translate(${lefts[index % columns]} ${156 + 17 * Math.floor(index / columns)})` },
    mark, text(22, 10, words, { "text-anchor": "start" })));
}

function countsTable(layers, moves) {
  const parts = [...new Set(layers.map(layer => layer.part))];
  const sums = chosen => {
    const sum = count => integer(layers.reduce((total, layer, index) => (chosen(layer) ? total + count(layer, moves[index]) : total), 0));
    return [sum((layer, move) => (move.weights ? layer.weights : 0)),
      sum((layer, move) => layer.statistics + (move.weights ? 0 : layer.weights)),
      sum((layer, move) => (move.statistics ? layer.statistics : 0))];
  };
  return { head: ["", "trainable", "not trainable", "averages that change"],
    rows: [...parts.map(part => [part, ...sums(layer => layer.part === part)]), ["total", ...sums(() => true)]] };
}

function render(el, { layers, parts, learns }) {
  const hasNorms = layers.some(layer => layer.norm);
  const norms = [toggle(NORMS, learns[NORMS]), choice(CALL, ["training=True, as in fit", "training=False"])];
  liveFigure(el, {
    label: "What a training step changes in each layer",
    controls: [...parts.map(part => toggle(`train ${part}`, learns[part])), ...(hasNorms ? norms : [])],
    draw(values, width) {
      const moves = step(layers, values), first = moves.findIndex(move => move.weights);
      const moved = moves.filter(move => move.weights).length, drifting = moves.filter(move => move.statistics).length;
      const averages = hasNorms ? ` The moving averages of ${drifting} of ${layers.filter(layer => layer.norm).length} batch norms change.` : "";
      const reach = first < 0 ? "No weights change, so no gradient is needed."
        : `A step changes the weights of ${moved} of ${layers.length} layers, and the gradient flows back to ${layers[first].name}.`;
      return {
        height: width < NARROW ? 206 : 174,
        shapes: [...drawLayers(layers, moves, first, width), ...legend(width)],
        summary: reach + averages,
        table: countsTable(layers, moves),
      };
    },
  });
}
