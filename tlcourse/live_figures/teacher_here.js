// The teacher in the page: draw a face or choose an image, and see the maps of its layers and the most similar faces.

const SHOWN = ["block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3", "fc2"];
const HAIR = ["short", "long", "bald"], GLASSES = ["no", "round"];

const rgb = color => `rgb(${color.map(Math.round).join(" ")})`;
const shade = (color, factor) => color.map(part => Math.min(255, part * factor));
function between(colors, place) {
  const low = Math.min(Math.floor(place), colors.length - 2), part = place - low;
  return colors[low].map((value, index) => value + part * (colors[low + 1][index] - value));
}

// A painter of ellipses in the coordinates of `tlcourse.datasets.faces`: -1 to 1, y downwards.
function ellipsePainter(context, side) {
  return (x, y, width, height, color) => {
    context.fillStyle = rgb(color);
    context.beginPath();
    context.ellipse(((x + 1) * side) / 2, ((y + 1) * side) / 2, (width * side) / 2, (height * side) / 2, 0, 0, 2 * Math.PI);
    context.fill();
  };
}

function paintEye(paint, context, side, at, look) {
  const { skin, hairColor, glasses } = look;
  paint(at, -0.07, 0.17, 0.12, shade(skin, 0.55));
  paint(at, -0.07, 0.15, 0.1, [247, 247, 242]);
  paint(at, -0.07, 0.075, 0.075, look.iris);
  paint(at, -0.07, 0.035, 0.035, [8, 8, 8]);
  paint(at, -0.24, 0.18, 0.035, shade(hairColor, 0.75));
  if (!glasses) return;
  context.strokeStyle = rgb(look.frame);
  context.lineWidth = side * 0.03;
  context.beginPath();
  context.ellipse(((at + 1) * side) / 2, (0.93 * side) / 2, 0.1 * side, 0.1 * side, 0, 0, 2 * Math.PI);
  context.stroke();
}

function paintFace(context, side, look) {
  const { skin, hairColor, hair, width, eyes, mouth } = look, paint = ellipsePainter(context, side);
  context.fillStyle = rgb(look.background);
  context.fillRect(0, 0, side, side);
  if (hair === 1) paint(0, 0.2, width * 1.25, 0.85, hairColor);
  paint(0, 1.15, 0.75, 0.45, look.clothes);
  paint(0, 0.7, 0.2, 0.3, shade(skin, 0.8));
  for (const ear of [-1, 1]) paint(ear * width, -0.02, 0.1, 0.15, shade(skin, 0.9));
  if (hair !== 2) paint(0, -0.08, width * 1.15, 0.78, hairColor);
  paint(0, hair === 2 ? 0 : 0.08, width, hair === 2 ? 0.7 : 0.62, skin);
  paint(0, 0.16, 0.1, 0.05, shade(skin, 0.72));
  paint(0, 0.08, 0.035, 0.12, shade(skin, 0.88));
  paint(0, 0.42, mouth, 0.07, look.lips);
  paint(0, 0.42, mouth * 0.95, 0.014, shade(look.lips, 0.5));
  for (const at of [-eyes, eyes]) paintEye(paint, context, side, at, look);
}

// The values of a canvas without its fourth channel: red, green and blue of each pixel.
function pixelsOf(context, side) {
  return Float32Array.from(context.getImageData(0, 0, side, side).data.filter((_, index) => index % 4 < 3));
}

// The middle square of a file's image on the canvas; resolves when it is there.
function paintFile(file, context, side) {
  return new Promise((resolve, reject) => {
    const image = new Image(), reader = new FileReader();
    image.onload = () => {
      const cut = Math.min(image.width, image.height);
      context.imageSmoothingQuality = "high";
      context.drawImage(image, (image.width - cut) / 2, (image.height - cut) / 2, cut, cut, 0, 0, side, side);
      resolve();
    };
    image.onerror = reader.onerror = () => reject(new Error(`${file.name} is no image that your browser can show`));
    reader.onload = () => { image.src = reader.result; };
    reader.readAsDataURL(file);
  });
}

// The maps of a layer side by side, each stretched to its own largest value; of a dense layer, its numbers as pixels.
function mapsImage({ size, channels, values }) {
  if (size === 1) return { columns: 24, rows: channels / 24, href: pixelImage(24, channels / 24, (x, y) => 255 * Math.min(1, values[y * 24 + x] / (Math.max(...values) || 1))) };
  const columns = 6, rows = Math.min(4, Math.ceil(channels / columns)), step = size + 1;
  const most = Array.from({ length: channels }, (_, c) => { let high = 1e-6; for (let i = c; i < values.length; i += channels) high = Math.max(high, values[i]); return high; });
  const href = pixelImage(columns * step, rows * step, (x, y) => {
    const channel = Math.floor(y / step) * columns + Math.floor(x / step), [column, row] = [x % step, y % step];
    if (channel >= channels || column === size || row === size) return 128;
    return (255 * values[(row * size + column) * channels + channel]) / most[channel];
  });
  return { columns, rows, href };
}

// The recorded test images that are most similar to the features, of different people: [index, similarity].
function nearest(features, { codes, lowest, highest, people, trainEach, testEach, width }, count) {
  const best = Array.from({ length: people }, (_, person) => {
    const scores = Array.from({ length: testEach }, (_, n) => {
      const row = people * trainEach + person * testEach + n;
      const face = Float64Array.from({ length: width }, (_, j) => lowest[j] + ((highest[j] - lowest[j]) * codes[row * width + j]) / 255);
      return [person * testEach + n, face.reduce((sum, value, j) => sum + value * features[j], 0) / Math.hypot(...face)];
    });
    return scores.sort((first, second) => second[1] - first[1])[0];
  });
  return best.sort((first, second) => second[1] - first[1]).slice(0, count);
}

function drawTeacher({ source, output, layer, similar, faces }, width) {
  const face = Math.min(150, width * 0.3), left = face + 20, room = width - left;
  const shapes = [text(0, 14, "what goes in", { "text-anchor": "start" }), svg("image", { href: source, x: 0, y: 22, width: face, height: face })];
  if (!output) return { height: face + 40, shapes };
  const { columns, rows, href } = mapsImage(output), tall = Math.min(room, 330) * (rows / columns);
  const shown = output.size === 1 ? `${output.channels} features` : `${Math.min(24, output.channels)} of ${output.channels} maps, ${output.size}×${output.size}`;
  shapes.push(text(left, 14, `${layer}: ${shown}`, { "text-anchor": "start" }));
  shapes.push(svg("image", { href, x: left, y: 22, width: Math.min(room, 330), height: tall, preserveAspectRatio: "none" }));
  const top = Math.max(face, tall) + 52, side = 56;
  shapes.push(text(0, top - 8, `most similar of ${faces.people} people it never saw`, { "text-anchor": "start" }));
  similar.forEach(([index, similarity], place) => {
    const view = `${(index % faces.columns) * faces.side} ${Math.floor(index / faces.columns) * faces.side} ${faces.side} ${faces.side}`;
    const sheet = { href: faces.faces, width: faces.columns * faces.side, height: faces.side * Math.ceil((faces.people * faces.testEach) / faces.columns) };
    shapes.push(svg("svg", { x: place * (side + 16), y: top, width: side, height: side, viewBox: view, overflow: "hidden" }, svg("image", sheet)));
    shapes.push(text(place * (side + 16) + side / 2, top + side + 16, similarity.toFixed(2)));
  });
  return { height: top + side + 24, shapes };
}

function lookOf(values, { skin, hair, iris, frame, lipstick }) {
  return { skin: between(skin, values.skin), hairColor: hair[values["hair color"]], hair: values.hair, width: values["face width"],
    eyes: values["eye distance"], mouth: values.mouth, glasses: values.glasses === 1, iris: iris[0], frame: frame[0],
    lips: lipstick[2], background: [120, 140, 150], clothes: [70, 90, 130] };
}

const steps = (low, high, step) => Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => Number((low + index * step).toFixed(2)));

// load() resolves to { teacher, faces }: the weights, and the recorded features and faces of other people.
function render(el, { colors, side, megabytes, load }) {
  const canvas = html("canvas", { width: side, height: side }), context = canvas.getContext("2d", { willReadFrequently: true });
  let loaded = null, layers = null, state = { message: `Press the button: your browser loads the teacher, ${megabytes} MB, and the faces of other people.` }, queued = 0;
  const tell = message => { state = { ...state, message }; figure.redraw(); };
  const look = () => {
    if (!layers) return;
    const started = performance.now(), pixels = pixelsOf(context, side), outputs = runTeacher(layers, pixels);
    const flipped = runTeacher(layers, mirrored(pixels)).at(-1).values, features = outputs.at(-1).values;
    const both = unitLength(features.map((value, index) => value + flipped[index]));
    state = { outputs, features, pixels, similar: nearest(both, loaded.faces, 4) };
    tell(`${layers.length} layers, forwards and mirrored, in ${(performance.now() - started).toFixed(0)} ms.`);
  };
  const later = () => { const number = ++queued; setTimeout(() => { if (number === queued) look(); }); }; // after the move is drawn
  const start = async () => {
    tell("Loading the teacher …");
    try {
      loaded ??= await load();
      layers ??= unpackTeacher(loaded.teacher);
      look();
    } catch (error) { tell(`Sorry, ${error.message}.`); }
  };
  const own = html("input", { type: "file", accept: "image/*" });
  let fromFile = false;
  const figure = liveFigure(el, {
    label: "The teacher's layers for a face",
    controls: [button("Load the teacher", start), choice("layer", SHOWN, 1), slider("skin", steps(0, colors.skin.length - 1, 0.5), 1),
      choice("hair", HAIR), slider("hair color", colors.hair.map((_, index) => index), 2, index => `${index + 1}`), slider("face width", steps(0.44, 0.62, 0.02), 0.52),
      slider("eye distance", steps(0.18, 0.3, 0.01), 0.24), slider("mouth", steps(0.12, 0.3, 0.02), 0.2), choice("glasses", GLASSES)],
    changed(name) { if (name !== "layer") { fromFile = false; own.value = ""; later(); } },
    draw(values, width) {
      if (!fromFile) paintFace(context, side, lookOf(values, colors));
      const layer = SHOWN[values.layer], place = layers?.findIndex(each => each.name === layer), output = state.outputs?.[place];
      const drawn = drawTeacher({ source: canvas.toDataURL(), output, layer, similar: state.similar, faces: loaded?.faces }, width);
      return { ...drawn, summary: state.message };
    },
  });
  own.addEventListener("change", async () => {
    if (!own.files[0]) return;
    try {
      fromFile = true;
      await paintFile(own.files[0], context, side);
      figure.redraw();
      later();
    } catch (error) { fromFile = false; tell(`Sorry, ${error.message}.`); }
  });
  el.querySelector(".controls").append(html("label", {}, "or an image of yours, which stays in your browser", own));
  el.teacher = () => state; // for the tests: pixels and features
}
