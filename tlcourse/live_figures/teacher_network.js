// The course's teacher in plain JavaScript: 13 convolutions of 3x3 pixels and two dense layers, each followed by ReLU.
// The weights are int8 with a scale for each output; batch norm is folded into them: `tlcourse.building.site.teacher_data`.

// { layers: [{ name, kind, inputs, outputs, pooled, scales, biases }], weights } to layers with weights as numbers.
function unpackTeacher({ layers, weights }) {
  const codes = new Int8Array(bytes(weights).buffer);
  let start = 0;
  return layers.map(layer => {
    const size = layer.inputs * layer.outputs * (layer.kind === "conv" ? 9 : 1), { outputs, scales } = layer;
    const numbers = Float32Array.from(codes.subarray(start, start + size), (code, index) => code * scales[index % outputs]);
    start += size;
    return { ...layer, weights: numbers };
  });
}

// A map is { size, channels, values }; the value of channel c at (x, y) stands at (y * size + x) * channels + c.
function convolve({ size, channels, values }, { outputs, weights, biases }) {
  const result = new Float32Array(size * size * outputs), sums = new Float32Array(outputs);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      sums.set(biases);
      for (let tap = 0; tap < 9; tap++) {
        const row = y + Math.floor(tap / 3) - 1, column = x + (tap % 3) - 1;
        if (row < 0 || row >= size || column < 0 || column >= size) continue;
        addProducts(sums, values, (row * size + column) * channels, channels, weights, tap * channels * outputs);
      }
      for (let o = 0, at = (y * size + x) * outputs; o < outputs; o++) result[at + o] = Math.max(0, sums[o]);
    }
  }
  return { size, channels: outputs, values: result };
}

// Add `count` inputs, from `from` on, times their rows of weights, which begin at `at`; most inputs are 0 after ReLU.
function addProducts(sums, values, from, count, weights, at) {
  const outputs = sums.length;
  for (let i = 0; i < count; i++) {
    const value = values[from + i];
    if (value === 0) continue;
    for (let o = 0, place = at + i * outputs; o < outputs; o++) sums[o] += value * weights[place + o];
  }
}

function halve({ size, channels, values }) {
  const half = size / 2, result = new Float32Array(half * half * channels);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0, to = (Math.floor(y / 2) * half + Math.floor(x / 2)) * channels, from = (y * size + x) * channels; c < channels; c++)
        result[to + c] = Math.max(result[to + c], values[from + c]); // no value is below 0 after ReLU
  return { size: half, channels, values: result };
}

function connect({ values }, { outputs, weights, biases }) {
  const sums = Float32Array.from(biases);
  addProducts(sums, values, 0, values.length, weights, 0);
  return { size: 1, channels: outputs, values: sums.map(sum => Math.max(0, sum)) };
}

// The outputs of all layers for the pixels of an image, 0 to 255, red, green and blue of each; the last has the features.
function runTeacher(layers, pixels) {
  const size = Math.sqrt(pixels.length / 3), outputs = [];
  let map = { size, channels: 3, values: Float32Array.from(pixels, value => value / 127.5 - 1) };
  for (const layer of layers) {
    if (layer.pooled) map = halve(map);
    map = layer.kind === "conv" ? convolve(map, layer) : connect(map, layer);
    outputs.push(map);
  }
  return outputs;
}

function mirrored(pixels) {
  const size = Math.sqrt(pixels.length / 3);
  return Float32Array.from(pixels, (_, index) => {
    const channel = index % 3, x = Math.floor(index / 3) % size, y = Math.floor(index / (3 * size));
    return pixels[(y * size + size - 1 - x) * 3 + channel];
  });
}

function unitLength(vector) {
  const length = Math.hypot(...vector) || 1;
  return vector.map(value => value / length);
}
