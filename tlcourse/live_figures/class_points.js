// How many students have how many points, in a unit or in one exercise, and who they are: the instructor's report,
// `tlcourse.grading.reporting.report_figures`.

const MOST_NAMES = 20; // of students in the sentence

function studentWords(count) {
  return `${count} ${count === 1 ? "student has" : "students have"}`;
}

// `students` are those in the chosen bar; with more than MOST_NAMES, the sentence counts the others.
function pointsSentence(students, points, title, total) {
  const shown = students.slice(0, MOST_NAMES).join(", "), more = students.length - MOST_NAMES;
  const names = students.length ? `: ${shown}${more > 0 ? ` and ${more} more` : ""}` : "";
  return `${studentWords(students.length)} ${points} of ${total} points in ${title}${names}.`;
}

function drawHistogram(counts, chosen, width) {
  const place = { left: 40, right: width - 8, top: 26, bottom: 190 }, most = Math.max(1, ...counts);
  const step = (place.right - place.left) / counts.length, y = scale([0, most], [place.bottom, place.top]);
  const x = points => place.left + step * (points + 0.5);
  const apart = Math.ceil((28 * counts.length) / (place.right - place.left)), rise = Math.ceil(most / 5);
  const ticks = counts.map((_, points) => points).filter(points => points % apart === 0);
  const rises = Array.from({ length: Math.floor(most / rise) + 1 }, (_, index) => index * rise);
  const bar = (count, points) => svg("rect", { x: x(points) - 0.42 * step, y: y(count), width: 0.84 * step,
    height: place.bottom - y(count), fill: points === chosen ? RED : BLUE, "data-points": points });
  const marker = [[x(chosen) - 5, place.bottom + 6], [x(chosen) + 5, place.bottom + 6], [x(chosen), place.bottom]];
  return { height: 232, shapes: [
    ...axes({ scale: x, ticks, label: "whole points" }, { scale: y, ticks: rises, label: "students" }, place),
    ...counts.map(bar),
    svg("polygon", { points: marker.map(corner => corner.join(",")).join(" "), fill: RED }),
    counts[chosen] ? text(x(chosen), y(counts[chosen]) - 6, counts[chosen], { class: "bold" }) : null] };
}

// parts: { title, total, students }; students[n] are the ids of those with n whole points.
function render(el, { parts }) {
  const longest = Math.max(...parts.map(part => part.students.length));
  liveFigure(el, {
    label: "Students by points",
    controls: [choice("points in", parts.map(part => part.title)), slider("points", Array.from({ length: longest }, (_, n) => n), 0)],
    changed(name, values, set) {
      const last = parts[values["points in"]].students.length - 1;
      if (values.points > last) set("points", last);
    },
    draw(values, width) {
      const { title, total, students } = parts[values["points in"]], chosen = values.points;
      const drawn = drawHistogram(students.map(ids => ids.length), chosen, width);
      return { ...drawn, summary: pointsSentence(students[chosen], chosen, title, total) };
    },
  });
}
