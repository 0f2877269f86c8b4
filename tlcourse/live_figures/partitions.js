// Rows in partitions, workers that take them, and one that dies: `widgets.PartitionExplorer`.

// As `simulate` in tlcourse/widgets/partition_explorer.py: attempts as [worker, partition, start, end, died].
function simulate(rows, partitions, workers, dying, restart, again) {
  const size = partition => Math.floor(rows / partitions) + (partition < rows % partitions ? 1 : 0);
  const free = Array(workers).fill(0), attempts = [];
  let pending = Array.from({ length: partitions }, (_, index) => [0, index]), mayDie = true;
  while (pending.length) {
    const [ready, partition] = pending.shift();
    const worker = free.indexOf(Math.min(...free)), start = Math.max(free[worker], ready);
    const dies = mayDie && partition === dying;
    const end = start + (dies ? Math.ceil(size(partition) / 2) : size(partition));
    attempts.push([worker, partition, start, end, dies]);
    free[worker] = end + (dies ? restart : 0);
    if (dies) mayDie = false;
    if (dies && again) pending.push([end, partition]);
  }
  return attempts;
}

// Rows that are in the output, by partition.
function writtenRows(attempts, partitions, whole) {
  const counts = Array(partitions).fill(0);
  for (const [, partition, start, end, died] of attempts) if (!died || !whole) counts[partition] += end - start;
  return counts;
}

function render(el, { rows, restart }) {
  const figure = liveFigure(el, {
    label: "Partitions, workers, and one that dies",
    controls: [slider("partitions", [1, 2, 4, 6, 8, 12], 6), slider("workers", [1, 2, 3, 4], 2),
      slider("dies in partition", [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], -1, number => (number < 0 ? "none" : String(number))),
      choice("then", ["try again", "go on without it"]), choice("a file appears", ["when it is complete", "row by row"])],
    draw(values, width) {
      const { partitions, workers } = values, dying = values["dies in partition"];
      const attempts = simulate(rows, partitions, workers, dying, restart, values.then === 0);
      const written = writtenRows(attempts, partitions, values["a file appears"] === 0);
      const expected = writtenRows(simulate(rows, partitions, 1, -1, restart, true), partitions, true);
      const sum = part => part.reduce((total, count) => total + Math.max(0, count), 0);
      const lost = sum(expected.map((count, index) => count - written[index])), doubled = sum(written.map((count, index) => count - expected[index]));
      const end = Math.max(...attempts.map(attempt => attempt[3])), left = 62, pitch = 34, bottom = 12 + workers * pitch;
      const x = scale([0, end], [left, width - 10]);
      const bars = attempts.flatMap(([worker, partition, from, to, died]) => [
        svg("rect", { x: x(from) + 1, y: 12 + worker * pitch, width: Math.max(1, x(to) - x(from) - 2), height: pitch - 8, rx: 3,
          fill: died ? RED : BLUE, "fill-opacity": died ? 0.75 : 0.35 }),
        text((x(from) + x(to)) / 2, 12 + worker * pitch + 18, died ? `✗ ${partition}` : String(partition), { class: "bold" })]);
      const names = Array.from({ length: workers }, (_, worker) => text(left - 6, 12 + worker * pitch + 18, `worker ${worker}`, { "text-anchor": "end" }));
      const died = attempts.some(attempt => attempt[4]);
      const happened = died ? `A worker dies in partition ${dying}.` : dying >= partitions ? `There is no partition ${dying}.` : "No worker dies.";
      return {
        height: bottom + 40,
        shapes: [...names, ...bars, ...axes({ scale: x, ticks: [0, end], label: "time (one row takes 1)" }, { scale: String, ticks: [] },
          { left, right: width - 10, top: 6, bottom })],
        summary: `${happened} After ${end} units of time, ${rows - lost} of ${rows} rows are there, ${lost} are lost, and ${doubled} come twice.`,
        table: { head: ["", "rows"], rows: [["expected", rows], ["lost", lost], ["twice", doubled], ["time", end]] },
      };
    },
  });
  return figure;
}
