// The softmax of logits at a temperature: `widgets.TemperatureExplorer`.

function softmax(logits, temperature) {
  const highest = Math.max(...logits);
  const powers = logits.map(logit => Math.exp((logit - highest) / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map(power => power / sum);
}

// One bar for each class, with its probability above it; the largest is red.
function bars(shares, names, width, height) {
  const step = width / shares.length, largest = Math.max(...shares), room = height - 45;
  return shares.flatMap((share, index) => {
    const x = index * step, tall = share * room, fill = share === largest ? RED : BLUE;
    return [
      svg("rect", { x: x + step * 0.12, y: 22 + room - tall, width: step * 0.76, height: tall, fill, stroke: INK }),
      text(x + step / 2, 17 + room - tall, share >= 0.001 ? percent(share) : "≈0%"),
      text(x + step / 2, height - 6, names[index]),
    ];
  });
}

function render(el, { logits, names, titles, temperatures }) {
  liveFigure(el, {
    label: "Class probabilities at a temperature",
    controls: [choice("image", titles), slider("temperature", temperatures, 1)],
    draw({ image, temperature }, width) {
      const shares = softmax(logits[image], temperature), top = shares.indexOf(Math.max(...shares));
      return {
        height: 230,
        shapes: bars(shares, names, width, 230),
        summary: `${titles[image]}, temperature ${temperature}: ${names[top]} is most likely, ${percent(shares[top])}.`,
        table: { head: ["class", "probability"], rows: shares.map((share, index) => [names[index], percent(share)]) },
      };
    },
  });
}
