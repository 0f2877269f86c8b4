// How hard each exercise was, and how well it separates students, with 95% intervals: the instructor's report,
// `tlcourse.grading.reporting.report_figures`.

const ROW = 24; // pixels
const ORDERS = ["as in the unit", "hardest first", "least discriminating first"];

// The places of the exercises in one of the orders; those without a value come last.
function ordered(exercises, order) {
  const key = exercise => [0, exercise.share?.[0] ?? 2, exercise.discrimination?.[0] ?? 2][order];
  return exercises.map((_, index) => index).sort((first, second) => key(exercises[first]) - key(exercises[second]) || first - second);
}

// A value with its interval on the line `y`; `bounds` is null where there is no interval.
function drawEstimate(value, bounds, x, y, color) {
  return [
    bounds ? line([[x(bounds[0]), y], [x(bounds[1]), y]], { stroke: color, "stroke-width": 6, opacity: 0.5 }) : null,
    svg("circle", { cx: x(value), cy: y, r: 5, fill: color }),
  ];
}

function drawPanel(x, ticks, format, label, top, bottom) {
  const [left, right] = [x(ticks[0]), x(ticks.at(-1))];
  return [
    ...axes({ scale: x, ticks, format, label }, { scale: () => top, ticks: [] }, { left, right, top, bottom }),
    ...ticks.map(tick => line([[x(tick), top], [x(tick), bottom]], { stroke: PALE, "stroke-width": 1, opacity: 0.5 })),
  ];
}

function drawRows(exercises, rows, chosen, limit, width) {
  const left = width < NARROW ? 62 : 90, middle = left + (width - left - 30) / 2, top = 8, bottom = top + ROW * rows.length;
  const share = scale([0, 1], [left, middle - 22]), link = scale([-1, 1], [middle + 22, width - 12]);
  const marks = rows.flatMap((index, row) => {
    const exercise = exercises[index], y = top + ROW * (row + 0.5), low = exercise.discrimination && exercise.discrimination[0] < limit;
    return [
      index === chosen ? svg("rect", { x: 0, y: y - ROW / 2, width, height: ROW, fill: BLUE, opacity: 0.15 }) : null,
      text(2, y + 4, exercise.label, { "text-anchor": "start", class: index === chosen ? "bold" : "" }),
      ...(exercise.share ? drawEstimate(exercise.share[0], exercise.share[1], share, y, BLUE) : []),
      ...(exercise.discrimination ? drawEstimate(exercise.discrimination[0], exercise.discrimination[1], link, y, low ? RED : GREEN) : []),
    ];
  });
  return { height: bottom + 40, shapes: [
    ...drawPanel(share, [0, 0.5, 1], part => `${100 * part}%`, "mean share of the points", top, bottom),
    ...drawPanel(link, [-1, 0, 1], String, "discrimination", top, bottom),
    line([[link(limit), top], [link(limit), bottom]], { stroke: RED, "stroke-width": 1.5, "stroke-dasharray": "4 3" }), ...marks] };
}

function exerciseSentence({ title, share, discrimination, verdict, mistakes }) {
  const range = (bounds, format) => (bounds ? ` (${bounds.map(format).join(" to ")})` : "");
  const whole = part => `${(100 * part).toFixed(0)}%`, hundredths = value => value.toFixed(2);
  const parts = [share ? `mean share ${whole(share[0])}${range(share[1], whole)}` : "not marked yet"];
  if (discrimination) parts.push(`discrimination ${hundredths(discrimination[0])}${range(discrimination[1], hundredths)}`);
  const found = mistakes.map(([words, count]) => `${words} (${count})`).join("; ");
  return `${title}: ${parts.join(", ")}; ${verdict}. ${found ? `Mistakes found, with the number of students: ${found}.` : "No known mistake was found."}`;
}

// exercises: { label, title, share, discrimination, verdict, mistakes }; share and discrimination are [value, interval].
function render(el, { exercises, limit }) {
  liveFigure(el, {
    label: "Difficulty and discrimination of the exercises, with 95% intervals",
    controls: [choice("order", ORDERS), choice("exercise", exercises.map(exercise => exercise.title))],
    draw({ order, exercise }, width) {
      const drawn = drawRows(exercises, ordered(exercises, order), exercise, limit, width);
      return { ...drawn, summary: exerciseSentence(exercises[exercise]) };
    },
  });
}
