// The learning rate of each layer group while a schedule runs: `widgets.ScheduleExplorer`.

const halfCosine = (from, to, progress) => to + (from - to) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, progress)))) / 2;

// The rate at a step as a share of the peak, as in tlcourse/schedules.py.
const SCHEDULES = {
  constant: () => 1,
  "warm-up and cosine": (step, steps) => {
    const rising = Math.max(1, Math.round(0.1 * steps));
    return step < rising ? step / rising : halfCosine(1, 0, (step - rising) / (steps - rising));
  },
  cosine: (step, steps) => halfCosine(1, 0, step / steps),
  "slanted triangle": (step, steps) => {
    const cut = Math.max(1, Math.floor(0.1 * steps));
    const height = Math.min(step / cut, 1 - (step - cut) / (steps - cut));
    return (1 + 31 * Math.min(1, Math.max(0, height))) / 32;
  },
  "one-cycle": (step, steps) => {
    const cut = 0.3 * steps;
    return step < cut ? halfCosine(1 / 25, 1, step / cut) : halfCosine(1, 1 / 250000, (step - cut) / (steps - cut));
  },
};
const curve = (name, steps) => Array.from({ length: steps }, (_, step) => SCHEDULES[name](step, steps));
// The peak of each group, the input first: the last has the highest, and each other one `factor` times less.
const ladder = (highest, groups, factor) => Array.from({ length: groups }, (_, index) => highest / factor ** (groups - 1 - index));

function groupName(index, groups) {
  const place = groups === 1 ? "" : index === 0 ? " (input)" : index === groups - 1 ? " (output)" : "";
  return `group ${index + 1}${place}`;
}

// A line for each group on a logarithmic axis, which ends at a hundredth of the lowest peak: it cannot show a rate of 0.
function drawRates(peaks, shape, highest, width) {
  const place = { left: 58, right: width - 112, top: 24, bottom: 220 }, low = (peaks[0] * Math.max(...shape)) / 100;
  const steps = shape.length, x = scale([0, steps - 1], [place.left, place.right]);
  const y = scale([low, 2 * highest], [place.bottom, place.top], true);
  const powers = Array.from({ length: 12 }, (_, index) => 10 ** (index - 11)).filter(power => power >= low && power <= 2 * highest);
  const lines = peaks.flatMap((peak, index) => {
    const points = shape.map((share, step) => [x(step), y(Math.max(low, peak * share))]);
    const look = { stroke: SERIES[index % SERIES.length], "stroke-dasharray": DASHES[index % DASHES.length] };
    const height = place.top + 14 + 18 * (peaks.length - 1 - index);
    return [line(points, look), line([[place.right + 8, height - 4], [place.right + 30, height - 4]], look),
      text(place.right + 35, height, groupName(index, peaks.length), { "text-anchor": "start" })];
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(share => Math.round(share * (steps - 1)));
  return [...axes({ scale: x, ticks, label: "step" },
    { scale: y, ticks: powers, label: "learning rate", format: power => power.toExponential(0) }, place), ...lines];
}

function render(el, { highest, peaks, stepCounts, factors, groupCounts }) {
  const names = Object.keys(SCHEDULES);
  liveFigure(el, {
    label: "Learning rate of each layer group",
    controls: [choice("schedule", names), slider("peak", peaks, highest, rate => significant(rate)),
      slider("steps", stepCounts, 100), slider("factor", factors, 3), slider("groups", groupCounts, 4)],
    draw({ schedule, peak, steps, factor, groups }, width) {
      const rates = ladder(peak, groups, factor), shape = curve(names[schedule], steps), top = Math.max(...shape);
      return {
        height: 260,
        shapes: drawRates(rates, shape, peak, width),
        summary: `${names[schedule]}, peak ${significant(peak)}, factor ${factor}, ${groups} ${groups > 1 ? "groups" : "group"}.`,
        table: {
          head: ["group", "first rate", "highest rate", "last rate"],
          rows: rates.map((rate, index) =>
            [groupName(index, groups), ...[shape[0], top, shape.at(-1)].map(share => significant(rate * share))]),
        },
      };
    },
  });
}
