/* The filters of the claims. Without this script, all cards are shown and the form stays hidden. */
(() => {
  const form = document.querySelector(".claim-filters"), status = form.querySelector("[role=status]");
  const cards = [...document.querySelectorAll(".claim-cards > li")];

  function apply() {
    const verdicts = [...form.querySelectorAll("[name=verdict]:checked")].map(box => box.value.replaceAll(" ", "-"));
    const unit = form.elements.unit.value;
    for (const card of cards) {
      const fits = !verdicts.length || verdicts.includes(card.dataset.verdict);
      card.hidden = !fits || (unit !== "" && card.dataset.unit !== unit);
    }
    status.textContent = `${cards.filter(card => !card.hidden).length} of ${cards.length} claims`;
  }

  /* A link to a claim shows its card even if a filter hides it. */
  function show() {
    const card = document.getElementById(location.hash.slice(1));
    if (!card || !card.hidden) return;
    form.reset();
    apply();
    card.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));  // once the boxes are empty
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("pageshow", apply);  // after the browser has restored the boxes of an earlier visit
  addEventListener("hashchange", show);
  apply();
})();
