/** The search box: where the search looks (a commune, a position, an area of the map) beside what is typed. */

const WHERE = ["commune", "near", "bbox"];

/** Forget where the form looks, or look at `where` (name -> value) instead. */
export function lookAt(form, where = {}) {
  for (const input of form.querySelectorAll("[data-tl-where]")) input.remove();
  for (const [name, value] of Object.entries(where)) {
    if (!WHERE.includes(name) || !value) continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    input.dataset.tlWhere = "";
    form.append(input);
  }
}

/** Keep the area of the map across a change of filters, offer "near me", and forget the area when a town is typed. */
export function bindBox(box) {
  const form = box.closest("form");
  const field = box.querySelector("input[name=q]");
  const { tlArea: bbox, tlCommune: commune } = box.dataset;
  if (bbox || commune) lookAt(form, { bbox, commune });
  field.addEventListener("input", () => lookAt(form));
  box.querySelector("[data-tl-near-me]")?.addEventListener("click", (event) => nearMe(event.currentTarget, form, field));
}

function nearMe(button, form, field) {
  const status = form.querySelector("[data-tl-box-status]");
  const refused = () => { status.textContent = button.dataset.tlRefused; button.removeAttribute("aria-busy"); };
  if (!navigator.geolocation) return refused();
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    button.removeAttribute("aria-busy");
    status.textContent = "";
    field.value = "";
    lookAt(form, { near: `${coords.longitude.toFixed(3)},${coords.latitude.toFixed(3)}` });
    form.requestSubmit();
  }, refused, { timeout: 10000, maximumAge: 300000 });
}
