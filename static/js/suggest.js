/** A WAI-ARIA combobox (list autocomplete) over the suggestions of the API. Without it the field is a plain field. */
import { lookAt } from "./box.js";

const WAIT = 120;

export function bindSuggestions(combo) {
  new Suggestions(combo);
}

class Suggestions {
  constructor(combo) {
    this.combo = combo;
    this.input = combo.querySelector("input[name=q]");
    this.form = this.input.form;
    this.items = [];
    this.active = -1;
    this.#makeList();
    this.input.addEventListener("input", () => this.#later());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
  }

  #makeList() {
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: `${this.input.id}-choix`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.combo.dataset.tlList);
    this.status = document.createElement("span");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.combo.append(this.list, this.status);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  #later() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (this.input.value.trim().length < 2) return this.#close();
    this.timer = setTimeout(() => this.#ask(), WAIT);
  }

  async #ask() {
    this.request = new AbortController();
    const query = new URLSearchParams({ q: this.input.value.trim().slice(0, 200), limit: "8" });
    try {
      const answer = await fetch(`${this.combo.dataset.tlSuggest}?${query}`, { signal: this.request.signal });
      if (answer.ok) this.#show((await answer.json()).items);
    } catch {
      this.#close(); // no network: the field is still a field
    }
  }

  #show(items) {
    this.items = items;
    this.active = -1;
    this.list.replaceChildren(...items.map((item, index) => this.#option(item, index)));
    this.#open(items.length > 0);
    const { tlCount, tlNone } = this.combo.dataset;
    this.status.textContent = items.length ? tlCount.replace("{n}", items.length) : tlNone;
  }

  #option(item, index) {
    const option = document.createElement("li");
    const name = document.createElement("span");
    const detail = document.createElement("small");
    name.textContent = item.label;
    detail.textContent = item.detail ?? "";
    option.append(name, detail);
    option.id = `${this.list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => this.#choose(index));
    return option;
  }

  #open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  #close() {
    this.items = [];
    this.#open(false);
  }

  #key(event) {
    const count = this.items.length;
    if (event.key === "Escape" && count) { event.preventDefault(); this.#close(); }
    else if (event.key === "Enter" && this.active >= 0 && count) { event.preventDefault(); this.#choose(this.active); }
    else if (event.key === "ArrowDown" && count) { event.preventDefault(); this.#move((this.active + 1) % count); }
    else if (event.key === "ArrowUp" && count) { event.preventDefault(); this.#move((this.active + count - (this.active < 0 ? 0 : 1)) % count); }
  }

  #move(index) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.list.children[index];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  #choose(index) {
    const item = this.items[index];
    const target = new URL(item.url, location.origin);
    this.#close();
    if (item.kind === "place") {
      location.assign((document.documentElement.lang === "en" ? "/en" : "") + target.pathname);
      return;
    }
    this.input.value = item.label;
    lookAt(this.form, Object.fromEntries(target.searchParams));
    this.form.requestSubmit();
  }
}
