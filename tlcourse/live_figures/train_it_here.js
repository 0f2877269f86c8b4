// Train the new last layer of the headline in the page: softmax regression with Adam on a teacher's features.

// Each feature of some rows with mean 0 and deviation 1; the mean and deviation are those of the training rows.
function standardizer(codes, rows, width) {
  const mean = new Float64Array(width), deviation = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) mean[j] += codes[row * width + j] / rows.length;
  for (const row of rows) for (let j = 0; j < width; j++) deviation[j] += (codes[row * width + j] - mean[j]) ** 2 / rows.length;
  return row => Float32Array.from({ length: width }, (_, j) => (codes[row * width + j] - mean[j]) / (Math.sqrt(deviation[j]) || 1));
}

function logitsOf(weights, example, classes) {
  const width = example.length, logits = new Float32Array(classes);
  for (let label = 0; label < classes; label++) {
    let sum = weights[classes * width + label]; // the biases follow the weights
    for (let j = 0; j < width; j++) sum += weights[label * width + j] * example[j];
    logits[label] = sum;
  }
  return logits;
}

function probabilities(logits) {
  const highest = Math.max(...logits), powers = logits.map(logit => Math.exp(logit - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => power / sum);
}

// A head without training, and a function that trains it for an epoch.
function newHead(examples, labels, classes, { rate, batch, seed }) {
  const width = examples[0].length, size = classes * (width + 1), random = generator(seed);
  const weights = new Float32Array(size), first = new Float32Array(size), second = new Float32Array(size);
  const order = examples.map((_, index) => index);
  let steps = 0;
  const update = gradient => {
    steps += 1;
    const scaled = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
    for (let i = 0; i < size; i++) {
      first[i] += 0.1 * (gradient[i] - first[i]);
      second[i] += 0.001 * (gradient[i] ** 2 - second[i]);
      weights[i] -= (scaled * first[i]) / (Math.sqrt(second[i]) + 1e-7);
    }
  };
  const epoch = () => {
    for (let i = order.length - 1; i > 0; i--) {
      const other = Math.floor(random() * (i + 1));
      [order[i], order[other]] = [order[other], order[i]];
    }
    for (let from = 0; from < order.length; from += batch) {
      const chosen = order.slice(from, from + batch), gradient = new Float32Array(size);
      for (const index of chosen) {
        const shares = probabilities(logitsOf(weights, examples[index], classes));
        shares[labels[index]] -= 1;
        for (let label = 0; label < classes; label++) {
          const slope = shares[label] / chosen.length;
          gradient[classes * width + label] += slope;
          for (let j = 0; j < width; j++) gradient[label * width + j] += slope * examples[index][j];
        }
      }
      update(gradient);
    }
  };
  return { epoch, predict: example => { const logits = logitsOf(weights, example, classes); return logits.indexOf(Math.max(...logits)); } };
}

// Train with the first `images` training images of each person; report(epoch, predictions) after each epoch.
async function train(data, images, recipe, report) {
  const { people, width, trainEach, testEach } = data, codes = data.codes;
  const rows = [], labels = [];
  for (let person = 0; person < people; person++)
    for (let image = 0; image < images; image++) { rows.push(person * trainEach + image); labels.push(person); }
  const standardized = standardizer(codes, rows, width), testRows = Array.from({ length: people * testEach }, (_, i) => people * trainEach + i);
  const test = testRows.map(standardized), head = newHead(rows.map(standardized), labels, people, recipe);
  for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
    head.epoch();
    if (report(epoch, test.map(head.predict)) === "stop") return;
    await new Promise(resolve => setTimeout(resolve));
  }
}

function drawRuns(runs, images, baseline, width, most) {
  const place = { left: 46, right: width - 12, top: 24, bottom: 190 };
  const x = scale([1, most], [place.left + 12, place.right - 8]), y = scale([0, 1], [place.bottom, place.top]);
  const points = baseline.map(({ images, mean }) => [x(images), y(mean)]), last = points.at(-1);
  return [
    ...axes({ scale: x, ticks: Array.from({ length: most }, (_, i) => i + 1), label: "training images of each person" },
      { scale: y, ticks: [0, 0.25, 0.5, 0.75, 1], label: "accuracy on other images of these people", format: share => `${100 * share}%` }, place),
    line([[x(images), place.top], [x(images), place.bottom]], { "stroke-width": 1, "stroke-dasharray": "2 3" }),
    line(points, { stroke: BLUE, "stroke-dasharray": "7 3" }),
    ...baseline.map(({ images, low, high }) => line([[x(images), y(low)], [x(images), y(high)]], { stroke: BLUE })),
    ...points.map(([cx, cy]) => svg("circle", { cx, cy, r: 4, fill: BLUE })),
    text(last[0] - 10, y(0.12), "blue: a small CNN from scratch, recorded", { "text-anchor": "end" }),
    ...[...runs].map(([count, accuracy]) => svg("circle", { cx: x(count), cy: y(accuracy), r: 6, fill: RED })),
    runs.size ? text(x([...runs.keys()][0]), y([...runs.values()][0]) + 22, "your run",
      { "text-anchor": [...runs.keys()][0] > most / 2 ? "end" : "start" }) : null,
  ];
}

// Wrong predictions as pairs: an image, and beside it another image of the person it was taken for.
function drawMistakes(wrong, data, top, width) {
  const side = 44, pair = 2 * side + 16, columns = Math.floor(width / pair), shown = wrong.slice(0, 2 * columns);
  const face = (index, x, y) => {
    const view = `${(index % data.columns) * data.side} ${Math.floor(index / data.columns) * data.side} ${data.side} ${data.side}`;
    return svg("svg", { x, y, width: side, height: side, viewBox: view, overflow: "hidden" },
      svg("image", { href: data.faces, width: data.columns * data.side, height: data.side * Math.ceil((data.people * data.testEach) / data.columns) }));
  };
  const nodes = shown.flatMap(({ index, taken }, i) => {
    const x = (i % columns) * pair, y = top + 22 + Math.floor(i / columns) * (side + 12);
    return [face(index, x, y), face(taken * data.testEach, x + side + 2, y)];
  });
  const words = `${shown.length < wrong.length ? `${shown.length} of ` : ""}${wrong.length} mistakes: the image, and who the head took it for`;
  return { height: top + 26 + Math.ceil(shown.length / columns) * (side + 12),
    shapes: shown.length ? [text(0, top + 12, words, { "text-anchor": "start" }), ...nodes] : [] };
}

function recordedWords(images, baseline) {
  const at = baseline.find(entry => entry.images === images);
  if (at) return `A small CNN from scratch reaches ${percent(at.mean)} with as many.`;
  const below = baseline.findLast(entry => entry.images < images), above = baseline.find(entry => entry.images > images);
  return `A small CNN from scratch reaches ${percent(below.mean)} with ${below.images} and ${percent(above.mean)} with ${above.images}.`;
}

// `load()` resolves to the features and the address of the faces; it is called when the visitor first presses the button.
function render(el, { recipe, baseline, most, load }) {
  const runs = new Map(); // accuracy by number of images; that of a run that is not over yet, too
  let data = null, mistakes = [], running = 0, message = "Press the button: your browser trains the last layer on the features of a frozen teacher.";
  const tell = words => { message = words; figure.redraw(); };
  const run = async () => {
    const number = ++running;
    if (!data) tell("Loading the features of 1,950 images …");
    try {
      data ??= await load();
    } catch (error) {
      return tell(`Sorry, ${error.message}.`);
    }
    const images = figure.values["images per person"], started = performance.now(); // moved while the data were loading?
    mistakes = [];
    tell("Training …");
    return train(data, images, recipe, (epoch, predictions) => {
      if (number !== running) return "stop";
      const wrong = predictions.flatMap((taken, index) => (taken === Math.floor(index / data.testEach) ? [] : [{ index, taken }]));
      const accuracy = 1 - wrong.length / predictions.length, seconds = ((performance.now() - started) / 1000).toFixed(1);
      runs.set(images, accuracy);
      if (epoch < recipe.epochs) return figure.redraw();
      mistakes = wrong;
      return tell(`${percent(accuracy)} after ${seconds} s, with ${images} ${images > 1 ? "images" : "image"} of each person. ${recordedWords(images, baseline)}`);
    });
  };
  const figure = liveFigure(el, {
    label: "Train it here: accuracy against the number of training images",
    controls: [slider("images per person", Array.from({ length: most }, (_, i) => i + 1), 1), button("Train it here", run)],
    changed: () => { if (data) setTimeout(run); }, // after the slider's own move is drawn
    draw(values, width) {
      const chart = drawRuns(runs, values["images per person"], baseline, width, most);
      const below = mistakes.length ? drawMistakes(mistakes, data, 236, width) : { height: 230, shapes: [] };
      return { height: below.height, shapes: [...chart, ...below.shapes], summary: message };
    },
  });
}
