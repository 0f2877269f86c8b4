// What all live figures share: controls that a keyboard can move, an SVG that fits its place, and the numbers as a
// table. Each figure's file defines render(el, data); `__init__.py` joins both files and the data into one script.

const INK = "currentColor", PALE = "#C9CED6";
const BLUE = "#0072B2", RED = "#D55E00", GREEN = "#009E73", PURPLE = "#CC79A7", ORANGE = "#E69F00", SKY = "#56B4E9";
const SERIES = [BLUE, RED, GREEN, PURPLE, ORANGE, INK, SKY];
const DASHES = ["", "7 3", "8 3 2 3", "2 3"];
const NARROW = 480; // pixels; a figure that is narrower uses smaller text

const STYLE = `
/* The padding leaves room for the line around what has the focus. */
.tlcourse-live { max-width: 732px; padding: 6px; font: 14px/1.4 system-ui, sans-serif; color: inherit; }
.tlcourse-live .controls { display: flex; flex-wrap: wrap; gap: .4em 1.4em; align-items: center; margin: .5em 0; }
.tlcourse-live label { display: inline-flex; gap: .5em; align-items: center; margin: 0; }
.tlcourse-live input[type=range] { width: 9em; accent-color: ${BLUE}; }
.tlcourse-live input[type=checkbox] { width: 1.15em; height: 1.15em; margin: 0; accent-color: ${BLUE}; }
.tlcourse-live output { min-width: 3.5em; font-variant-numeric: tabular-nums; }
.tlcourse-live select, .tlcourse-live button { font: inherit; color: inherit; background: transparent; padding: .2em .7em;
  min-height: 2em; border: 1px solid currentColor; border-radius: 4px; cursor: pointer; }
.tlcourse-live option { color: #222; background: #fff; }
.tlcourse-live :focus-visible { outline: 3px solid ${RED}; outline-offset: 2px; }
.tlcourse-live > div > svg { display: block; width: 100%; height: auto; overflow: visible; }
.tlcourse-live svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
.tlcourse-live svg.narrow text { font-size: 10px; }
.tlcourse-live svg text.bold { font-weight: bold; }
.tlcourse-live image { image-rendering: pixelated; }
.tlcourse-live p { margin: .3em 0; }
.tlcourse-live table { border-collapse: collapse; margin: .3em 0; font-variant-numeric: tabular-nums; }
.tlcourse-live th, .tlcourse-live td { padding: .1em 1.2em .1em 0; text-align: right; font-weight: normal;
  color: inherit; background: transparent; }
.tlcourse-live th:first-child, .tlcourse-live td:first-child { text-align: left; }
.tlcourse-live thead :is(th, td) { border-bottom: 1px solid currentColor; font-weight: bold; }`;

const percent = share => (share > 0 && share < 0.001 ? "<0.1%" : `${(100 * share).toFixed(1)}%`);
const integer = count => count.toLocaleString("en-US");
const significant = (number, digits = 3) => String(Number(number.toPrecision(digits)));

function make(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.flat().filter(child => child !== null));
  return node;
}
const html = (tag, attributes = {}, ...children) => make(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  make(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const text = (x, y, words, attributes = {}) => svg("text", { x, y, "text-anchor": "middle", ...attributes }, words);
const line = (points, attributes = {}) =>
  svg("polyline", { points: points.map(point => point.map(place => place.toFixed(1)).join(",")).join(" "), fill: "none",
    stroke: INK, "stroke-width": 2, ...attributes });

// Controls. The values of a slider are a list, so that Python and the page agree on each of them.
const slider = (name, values, value, format = String) => ({ kind: "slider", name, values, value, format });
const choice = (name, options, value = 0) => ({ kind: "choice", name, options, value });
const toggle = (name, value) => ({ kind: "toggle", name, value });
const button = (name, press) => ({ kind: "button", name, press });

function sliderInput(control, changed) {
  const last = control.values.length - 1, start = control.values.indexOf(control.value);
  const input = html("input", { type: "range", min: 0, max: last, step: 1, value: start, "aria-label": control.name });
  const shown = html("output", { "aria-live": "off" }); // the slider itself says its value
  const show = () => {
    shown.textContent = control.format(control.values[input.value]);
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.addEventListener("input", () => { show(); changed(control.values[input.value]); });
  const set = value => { input.value = control.values.indexOf(value); show(); };
  show();
  return { node: html("label", {}, control.name, input, shown), set };
}

function choiceInput(control, changed) {
  const options = control.options.map((words, index) => html("option", { value: index }, words));
  const input = html("select", { "aria-label": control.name }, options);
  const set = value => { input.value = value; };
  set(control.value);
  input.addEventListener("change", () => changed(Number(input.value)));
  return { node: html("label", {}, control.name, input), set };
}

function toggleInput(control, changed) {
  const input = html("input", { type: "checkbox", "aria-label": control.name });
  const set = value => { input.checked = value; };
  set(control.value);
  input.addEventListener("change", () => changed(input.checked));
  return { node: html("label", {}, input, control.name), set };
}

function buttonInput(control) {
  const node = html("button", { type: "button" }, control.name);
  node.addEventListener("click", () => control.press());
  return { node, set() {} };
}

function numbersTable({ head, rows }) {
  const line = (tag, cells) => html("tr", {}, cells.map(cell => html(cell === "" ? "td" : tag, {}, String(cell)))); // no empty head
  return html("table", {}, html("thead", {}, line("th", head)), html("tbody", {}, rows.map(row => line("td", row))));
}

// A figure in `el`. draw(values, width) returns { height, shapes, summary, table }: SVG nodes, a sentence, numbers.
// changed(name, values, set) is called before a move is drawn. The result has values, set(name, value) and redraw().
function liveFigure(el, { label, controls, draw, changed = () => {} }) {
  const values = {}, inputs = {}, makers = { slider: sliderInput, choice: choiceInput, toggle: toggleInput, button: buttonInput };
  const set = (name, value) => { values[name] = value; inputs[name].set(value); };
  for (const control of controls) {
    values[control.name] = control.value;
    inputs[control.name] = makers[control.kind](control, value => {
      values[control.name] = value;
      changed(control.name, values, set);
      redraw();
    });
  }
  const bar = html("div", { class: "controls" }, Object.values(inputs).map(input => input.node));
  const stage = html("div"), summary = html("p", { "aria-live": "polite" }), numbers = html("div");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", label);
  for (const input of bar.querySelectorAll("input, select, button")) {
    input.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the arrow keys of what has the focus
  }
  el.append(html("style", {}, STYLE), bar, stage, summary, numbers);
  let width = 0;
  const room = () => Math.round(Math.max(300, Math.min(720, stage.clientWidth || 640)));
  function redraw() {
    width = room();
    const drawn = draw(values, width), size = { viewBox: `0 0 ${width} ${drawn.height}`, role: "img" };
    const look = { class: width < NARROW ? "narrow" : "wide", "aria-label": `${label}. ${drawn.summary}` };
    stage.replaceChildren(svg("svg", { ...size, ...look }, drawn.shapes));
    if (summary.textContent !== drawn.summary) summary.textContent = drawn.summary; // is read aloud when it changes
    numbers.replaceChildren(...(drawn.table ? [numbersTable(drawn.table)] : []));
  }
  redraw();
  new ResizeObserver(() => { if (room() !== width) redraw(); }).observe(stage);
  return { values, set, redraw };
}

// A linear or logarithmic scale from values to pixels.
function scale([low, high], [start, end], logarithmic = false) {
  const place = logarithmic ? Math.log10 : value => value;
  return value => start + ((place(value) - place(low)) / (place(high) - place(low))) * (end - start);
}

// The axes of a chart: x and y are { scale, ticks, label, format }.
function axes(x, y, { left, right, top, bottom }) {
  const shapes = [line([[left, top], [left, bottom], [right, bottom]], { "stroke-width": 1 })];
  for (const tick of x.ticks) {
    const at = x.scale(tick);
    shapes.push(line([[at, bottom], [at, bottom + 4]], { "stroke-width": 1 }));
    shapes.push(text(at, bottom + 17, (x.format || String)(tick)));
  }
  for (const tick of y.ticks) {
    const at = y.scale(tick);
    shapes.push(line([[left - 4, at], [left, at]], { "stroke-width": 1 }));
    shapes.push(text(left - 7, at + 4, (y.format || String)(tick), { "text-anchor": "end" }));
  }
  if (x.label) shapes.push(text((left + right) / 2, bottom + 34, x.label));
  if (y.label) shapes.push(text(left, top - 8, y.label, { "text-anchor": "start" }));
  return shapes;
}

// Base64 to bytes, and pixels to the address of an image: paint(x, y) returns [red, green, blue] or a shade of gray.
const bytes = encoded => Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
function pixelImage(width, height, paint) {
  const canvas = html("canvas", { width, height }), context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = paint(x, y), place = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) image.data[place + channel] = color.length ? color[channel % color.length] : color;
      image.data[place + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// Random numbers that are the same on every machine (mulberry32), and normal ones of them.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
const normal = random => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

// Draw the figure in place of its still image; if it cannot be drawn, the still image stays.
function start(id, render, data) {
  const roots = new Set([document, document.currentScript?.getRootNode() ?? document]);
  for (const root of roots) {
    for (const el of root.querySelectorAll(`[data-live="${id}"]:not([data-running])`)) {
      const still = [...el.childNodes];
      el.dataset.running = "yes";
      el.replaceChildren();
      try {
        render(el, data);
      } catch (error) {
        el.replaceChildren(...still);
        throw error;
      }
    }
  }
}
