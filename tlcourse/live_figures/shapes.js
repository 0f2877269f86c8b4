// The tensor shapes and parameters of a network, one convolution of which can be changed: `widgets.ShapeExplorer`.

const sameSize = (size, strides) => Math.ceil(size / strides);
const validSize = (size, kernel, strides) => Math.floor((size - kernel) / strides) + 1;
const volume = shape => shape.reduce((product, size) => product * size, 1);

// The shape after a layer and its parameters, as Keras counts them.
function measureLayer(layer, shape) {
  const [height, width] = shape, channels = shape.at(-1), strides = layer.strides ?? 1;
  const resized = size => (layer.padding === "same" ? sameSize(size, strides) : validSize(size, layer.kernel, strides));
  switch (layer.kind) {
    case "conv":
      return [[resized(height), resized(width), layer.filters], (layer.kernel ** 2 * channels + 1) * layer.filters];
    case "separable":
      return [[resized(height), resized(width), layer.filters],
        layer.kernel ** 2 * channels + (channels + 1) * layer.filters];
    case "pool": return [[validSize(height, layer.size, layer.size), validSize(width, layer.size, layer.size), channels], 0];
    case "global_pool": return [[channels], 0];
    case "flatten": return [[volume(shape)], 0];
    case "batch_norm": return [shape, 4 * channels];
    case "dense": return [[...shape.slice(0, -1), layer.units], (channels + 1) * layer.units];
    default: throw new Error(`unknown kind of layer: ${layer.kind}`);
  }
}

function layerName(layer) {
  const kind = layer.kind.replace("_", " "), strides = layer.strides > 1 ? ` /${layer.strides}` : "";
  if (layer.kernel) return `${kind} ${layer.kernel}×${layer.kernel}${strides}`;
  return layer.size ? `${kind} ${layer.size}×${layer.size}` : kind;
}

// One row for each tensor, the input first; null if a kernel is larger than its input map.
function measure(layers, inputShape) {
  const rows = [{ name: "input", shape: inputShape, parameters: 0 }];
  for (const layer of layers) {
    const [shape, parameters] = measureLayer(layer, rows.at(-1).shape);
    if (!shape.every(size => size > 0)) return null;
    rows.push({ name: layer.name ?? layerName(layer), shape, parameters });
  }
  return rows;
}

// A feature map as a block, or a vector as a thin bar, around the point (x, y).
function box(x, y, shape, largest, room) {
  if (shape.length === 1) {
    const tall = Math.min(120, 16 + 7.5 * Math.log2(shape[0] + 1));
    return [svg("rect", { x: x - 4, y: y - tall / 2, width: 8, height: tall, fill: RED, stroke: INK })];
  }
  const side = Math.max(5, room * Math.sqrt(shape[0] / largest)), depth = Math.min(0.45 * room, 4 * Math.log2(shape[2] + 1));
  const left = x - (side * 0.75 + depth) / 2, bottom = y + (side + depth) / 2, right = left + side * 0.75, top = bottom - side;
  const face = (points, fill) => svg("polygon", { points: points.map(point => point.join(",")).join(" "), fill, stroke: INK });
  const back = ([px, py]) => [px + depth, py - depth];
  return [
    face([[left, bottom], [left, top], [right, top], [right, bottom]], SKY),
    face([[left, top], back([left, top]), back([right, top]), [right, top]], PALE),
    face([[right, bottom], back([right, bottom]), back([right, top]), [right, top]], BLUE),
  ];
}

function drawNetwork(rows, chosen, width) {
  const step = width / rows.length, total = rows.reduce((sum, row) => sum + row.parameters, 0);
  const largest = Math.max(...rows.filter(row => row.shape.length === 3).map(row => row.shape[0]));
  return rows.flatMap((row, index) => {
    const x = (index + 0.5) * step, share = total ? row.parameters / total : 0;
    const nameHeight = width < NARROW && index % 2 ? 28 : 14; // on a phone, names would touch each other
    return [
      text(x, nameHeight, row.name, { class: index === chosen ? "bold" : null }),
      ...box(x, 100, row.shape, largest, Math.min(74, step * 0.8)),
      text(x, 186, row.shape.join("×")),
      row.parameters ? text(x, 206, integer(row.parameters), { class: "bold" }) : null,
      row.parameters ? text(x, 268 - 40 * share, percent(share)) : null,
      row.parameters
        ? svg("rect", { x: x - step * 0.3, y: 272 - 40 * share, width: step * 0.6, height: 40 * share, fill: GREEN })
        : null,
    ];
  });
}

function render(el, { layers, inputShape, tooLarge, limits }) {
  const settings = ["kernel", "stride", "filters", "padding"], paddings = ["same", "valid"];
  const convolutions = layers.flatMap((layer, index) => (layer.kind === "conv" ? [index] : []));
  const network = layers.map(layer => ({ strides: 1, padding: "valid", ...layer }));
  const range = (name, key, value) => slider(name, Array.from({ length: limits[key] }, (_, index) => index + 1), value);
  const shown = layer => ({ kernel: layer.kernel, stride: layer.strides, filters: layer.filters,
    padding: paddings.indexOf(layer.padding) });
  const first = shown(network[convolutions[0]]);
  liveFigure(el, {
    label: "Shapes and parameters of a network",
    controls: [choice("layer", convolutions.map((_, index) => `convolution ${index + 1}`)),
      range("kernel", "kernel", first.kernel), range("stride", "strides", first.stride),
      choice("padding", paddings, first.padding), range("filters", "filters", first.filters)],
    changed(name, values, set) {
      const layer = network[convolutions[values.layer]];
      if (name === "layer") settings.forEach(setting => set(setting, shown(layer)[setting]));
      else Object.assign(layer, { kernel: values.kernel, strides: values.stride, filters: values.filters,
        padding: paddings[values.padding] });
    },
    draw(values, width) {
      const rows = measure(network, inputShape);
      if (!rows) return { height: 30, shapes: [], summary: tooLarge };
      const total = rows.reduce((sum, row) => sum + row.parameters, 0);
      const lines = rows.map(row => [row.name, row.shape.join("×"), integer(row.parameters)]);
      return {
        height: 276,
        shapes: drawNetwork(rows, convolutions[values.layer] + 1, width),
        summary: `The network has ${integer(total)} parameters. The bars show each layer's share.`,
        table: { head: ["layer", "output shape", "parameters"], rows: [...lines, ["total", "", integer(total)]] },
      };
    },
  });
}
