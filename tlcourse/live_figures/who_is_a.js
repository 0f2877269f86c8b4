// A question for a visitor: which of these faces is the person A?

function render(el, { known, candidates, answer, verdicts }) {
  const face = (source, words) => html("img", { src: source, alt: words, width: 52, height: 52, style: "display: block; image-rendering: pixelated; border-radius: 4px" });
  const reply = html("p", { "aria-live": "polite", style: "min-height: 2.8em" }, "Choose the face that you think is A.");
  const buttons = candidates.map((source, index) => {
    const node = html("button", { type: "button", style: "padding: 4px" }, face(source, `candidate ${index + 1}`));
    node.addEventListener("click", () => {
      buttons[answer].style.outline = `4px solid ${GREEN}`;
      reply.textContent = verdicts[index === answer ? "correct" : "wrong"];
    });
    return node;
  });
  const row = (...children) => html("div", { class: "controls", style: "gap: .5em" }, ...children);
  el.append(html("style", {}, STYLE), row(html("span", {}, "This is A:"), face(known, "the person A")),
    html("p", {}, "Which of these is A, too?"), row(...buttons), reply);
}
