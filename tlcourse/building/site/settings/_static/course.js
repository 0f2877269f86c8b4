/* What a page does for its reader: it keeps predictions and progress, copies code, and opens its folds for the printer.
   Without this script, nothing of this is shown. */
(() => {
  const end = document.querySelector(".unit-end"), map = document.querySelector(".progress-map");

  /* A browser may forbid a page to store anything; then the page stays as it is without this script. */
  function storage() {
    try {
      localStorage.getItem("tlcourse:");
      return localStorage;
    } catch {
      return null;
    }
  }
  const memory = storage();

  const key = (unit, what) => `tlcourse:${unit}:${what}`;
  const keep = (name, value) => (value ? memory.setItem(name, value) : memory.removeItem(name));

  function unitPage(unit) {
    keep(key(unit, "opened"), "yes");
    for (const field of document.querySelectorAll(".prediction textarea")) {
      const name = key(unit, `prediction:${field.dataset.place}`);
      field.value = memory.getItem(name);
      field.addEventListener("input", () => keep(name, field.value));
      field.closest(".prediction").hidden = false;
    }
    const box = end.querySelector("input");
    box.checked = memory.getItem(key(unit, "finished")) !== null;
    box.addEventListener("change", () => keep(key(unit, "finished"), box.checked && "yes"));
    end.hidden = false;
  }

  function state(unit) {
    if (memory.getItem(key(unit, "finished"))) return ["finished", "✓ finished"];
    return memory.getItem(key(unit, "opened")) ? ["opened", "◐ opened"] : ["new", "○ not opened"];
  }

  function showProgress() {
    const units = [...map.querySelectorAll("[data-unit]")], kept = Object.keys(memory);
    for (const unit of units) {
      const [name, words] = state(unit.dataset.unit);
      const predictions = kept.filter(each => each.startsWith(key(unit.dataset.unit, "prediction:"))).length;
      unit.dataset.state = name;
      unit.querySelector("span").textContent =
        words + (predictions ? `, ${predictions} prediction${predictions > 1 ? "s" : ""}` : "");
    }
    const finished = units.filter(unit => unit.dataset.state === "finished").length;
    map.querySelector("[role=status]").textContent = `You have finished ${finished} of ${units.length} units.`;
    map.hidden = false;
  }

  function forget() {
    if (!confirm("Forget which units you have opened and finished, and all your predictions?")) return;
    Object.keys(memory).filter(name => name.startsWith("tlcourse:")).forEach(name => memory.removeItem(name));
    showProgress();
  }

  if (memory && end) unitPage(end.dataset.unit);
  if (memory && map) {
    map.querySelector("button").addEventListener("click", forget);
    showProgress();
    addEventListener("pageshow", showProgress); // also when the reader comes back from a unit
  }

  /* A page that is not served over https has no clipboard, but can copy what is selected. */
  async function copy(code) {
    if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent.trimEnd());
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }

  for (const code of document.querySelectorAll("article div.highlight > pre")) {
    if (code.closest(".cell_output")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-code";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => {
      const report = words => {
        button.textContent = words;
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
      };
      copy(code).then(() => report("Copied"), () => report("Not copied"));
    });
    code.after(button);
  }

  /* Paper has no folds and no dark ground. */
  const paper = matchMedia("print"), root = document.documentElement;
  let folded = null, theme = null;

  function prepare(printing) {
    if (printing === (folded !== null)) return; // two events report the same
    if (printing) {
      theme = root.dataset.theme;
      folded = [...document.querySelectorAll("article details:not([open])")];
    }
    root.dataset.theme = printing ? "light" : theme;
    folded.forEach(fold => { fold.open = printing; });
    if (!printing) folded = null;
  }

  addEventListener("beforeprint", () => prepare(true));
  addEventListener("afterprint", () => prepare(false));
  paper.addEventListener("change", () => prepare(paper.matches));
})();
