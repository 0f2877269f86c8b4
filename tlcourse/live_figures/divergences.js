// A student's and a teacher's probabilities at a temperature, and what three losses make of them:
// `widgets.DivergenceExplorer`.

function softmax(logits, temperature) {
  const highest = Math.max(...logits);
  const powers = logits.map(logit => Math.exp((logit - highest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => power / sum);
}

// The Kullback-Leibler divergence from `target` to `guess`, from logits, so that no probability of 0 is divided by.
function divergence(target, guess, temperature) {
  const logShares = logits => {
    const highest = Math.max(...logits), scaled = logits.map(logit => (logit - highest) / temperature);
    const sum = Math.log(scaled.reduce((total, value) => total + Math.exp(value), 0));
    return scaled.map(value => value - sum);
  };
  const [first, second] = [target, guess].map(logShares);
  return first.reduce((total, value, index) => total + Math.exp(value) * (value - second[index]), 0);
}

// The length of the gradient of KL(teacher || student) with respect to the student's logits: |q - p| / T.
function gradientLength(teacher, student, temperature) {
  const [p, q] = [teacher, student].map(logits => softmax(logits, temperature));
  return Math.hypot(...q.map((share, index) => share - p[index])) / temperature;
}

function drawPairs(p, q, names, width, height) {
  const step = width / names.length, room = height - 58, top = 34;
  const bar = (share, x, fill) => svg("rect", { x, y: top + room * (1 - share), width: step * 0.36, height: room * share, fill, stroke: INK });
  const key = (x, fill, words) => [svg("rect", { x, y: 2, width: 12, height: 12, fill }), text(x + 18, 12, words, { "text-anchor": "start" })];
  return [...key(0, BLUE, "teacher p"), ...key(110, RED, "student q"), ...names.flatMap((name, index) => {
    const x = index * step + step * 0.12;
    return [bar(p[index], x, BLUE), bar(q[index], x + step * 0.38, RED), text(index * step + step / 2, height - 6, name)];
  })];
}

function render(el, { teacher, students, titles, names, temperatures }) {
  const number = value => (value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(2) : value.toFixed(4));
  liveFigure(el, {
    label: "Kullback-Leibler divergences of teacher and student at a temperature",
    controls: [choice("student", titles), slider("temperature", temperatures, 1)],
    draw(values, width) {
      const student = students[values.student], temperature = values.temperature, square = temperature ** 2;
      const p = softmax(teacher, temperature), q = softmax(student, temperature);
      const forward = divergence(teacher, student, temperature), backward = divergence(student, teacher, temperature);
      const slope = gradientLength(teacher, student, temperature);
      return {
        height: 220,
        shapes: drawPairs(p, q, names, width, 220),
        summary: `Temperature ${temperature}: KL(p ‖ q) is ${number(forward)}, KL(q ‖ p) is ${number(backward)}; times T² the first is ${number(square * forward)}.`,
        table: { head: ["", "value", "times T²"], rows: [
          ["KL(p ‖ q): pays where the teacher is likely and the student is not", number(forward), number(square * forward)],
          ["KL(q ‖ p): pays where the student is likely and the teacher is not", number(backward), number(square * backward)],
          ["gradient of KL(p ‖ q), its length", number(slope), number(square * slope)]] },
      };
    },
  });
}
