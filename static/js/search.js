/** The search page: list and map say the same; the address holds the state. */
/* global htmx */

const PLACE_PARAMETERS = ["q", "near", "radius", "commune", "territory", "bbox", "cursor"];
let map = null;

const results = () => document.getElementById("resultats");
const state = () => document.querySelector("[data-tl-map-state]").dataset;

/** The address of the same search in the area `bbox`; the text stays only where it is not a town. */
function addressOf(bbox) {
  const query = new URLSearchParams(location.search);
  const text = state().tlText;
  for (const name of PLACE_PARAMETERS) query.delete(name);
  if (text) query.set("q", text);
  query.set("bbox", bbox);
  return `${location.pathname}?${query}`;
}

async function showArea(bbox) {
  const address = addressOf(bbox);
  await htmx.ajax("GET", address, { target: "#resultats", swap: "outerHTML" });
  history.replaceState(history.state, "", address);
}

function light(id, on) {
  document.getElementById(`lieu-${id}`)?.classList.toggle("lit", on);
  map?.light(id, on);
}

function bindList() {
  for (const card of document.querySelectorAll("[data-tl-place]")) {
    if (!card.matches("article")) continue;
    const id = card.dataset.tlPlace;
    for (const [event, on] of [["mouseenter", true], ["focusin", true], ["mouseleave", false], ["focusout", false]]) {
      card.addEventListener(event, () => light(id, on));
    }
  }
}

function showView(view) {
  document.querySelector("[data-tl-views]").dataset.view = view;
  for (const link of document.querySelectorAll("[data-tl-view]")) {
    if (link.dataset.tlView === view) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const query = new URLSearchParams(location.search);
  if (view === "map") query.set("view", "map");
  else query.delete("view");
  history.replaceState(history.state, "", `${location.pathname}?${query}`);
  map?.resized();
}

function bindTabs() {
  for (const link of document.querySelectorAll("[data-tl-view]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); showView(link.dataset.tlView); });
  }
}

/** The map's files are fetched only once its panel is seen: on a phone, when its tab is chosen. */
function startMapWhenSeen() {
  const panel = document.querySelector("[data-tl-map]");
  const observer = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    const { PlaceMap } = await import("./map.js");
    map = await PlaceMap.start(panel, { onArea: showArea, onLight: light, current: () => state() });
  });
  observer.observe(panel);
}

function bindResults() {
  bindList();
  bindTabs();
}

bindResults();
startMapWhenSeen();
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "resultats" && !event.target.querySelector?.("#resultats")) return;
  document.title = results().dataset.tlTitle;
  bindResults();
  map?.filtersChanged();
});

/** What a search refuses is said by a page of its own: the list has no place for it, and would stay as if it fitted. */
document.body.addEventListener("htmx:responseError", (event) => {
  const form = event.detail.elt.closest("form");
  if (form && event.detail.xhr.status === 400) form.submit();
});
