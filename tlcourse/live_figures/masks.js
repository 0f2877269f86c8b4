// Which positions may each position see? One row of a mask at a time, as words: `widgets.MaskExplorer`.

function render(el, { models, masks, words }) {
  const count = words.length, positions = words.map((_, index) => index);
  liveFigure(el, {
    label: "Attention masks",
    controls: [choice("model", models), slider("position", positions, 0, position => `${position}: ${words[position]}`)],
    draw({ model, position }, width) {
      const mask = masks[model], row = mask[position], pitch = Math.min(width / count, 82), top = 34;
      const side = Math.min(24, (width - 20) / count), left = (width - side * count) / 2, below = top + 62;
      const seen = words.filter((_, index) => row[index]);
      const shown = words.flatMap((word, index) => {
        const x = index * pitch + (width - pitch * count) / 2, here = index === position;
        return [svg("rect", { x: x + 2, y: top - 20, width: pitch - 4, height: 30, rx: 4, fill: row[index] ? BLUE : "none",
            "fill-opacity": 0.35, stroke: here ? RED : PALE, "stroke-width": here ? 3 : 1 }),
          text(x + pitch / 2, top, word, { opacity: row[index] || here ? 1 : 0.45 })];
      });
      const cells = mask.flatMap((line, y) => line.map((value, x) => svg("rect", { x: left + x * side, y: below + y * side,
        width: side - 2, height: side - 2, fill: value ? BLUE : PALE, "fill-opacity": y === position ? 1 : 0.45 })));
      const frame = svg("rect", { x: left - 2, y: below + position * side - 2, width: count * side + 2, height: side + 2, fill: "none",
        stroke: RED, "stroke-width": 2 });
      return {
        height: below + count * side + 8,
        shapes: [...shown, text(width / 2, below - 12, "the whole mask: a row for each position, blue where it may see"), ...cells, frame],
        summary: `${models[model]}: position ${position} (${words[position]}) sees ${seen.length} of ${count} positions` +
          `${seen.length ? `: ${seen.join(", ")}` : ""}.`,
        table: { head: ["", "pairs that may see"], rows: models.map((name, index) => [name, `${masks[index].flat().filter(Boolean).length} of ${count * count}`]) },
      };
    },
  });
}
