/**
 * Places on the base map that folium made: a bounded answer of the server, drawn as markers and counted clusters.
 * Names are only ever set as text. Every marker has its twin in the list.
 */
/* global L */

function script(src) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    Object.assign(element, { src, onload: resolve, onerror: reject });
    document.head.append(element);
  });
}

function style(href) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("link");
    Object.assign(element, { rel: "stylesheet", href, onload: resolve, onerror: reject });
    document.head.append(element);
  });
}

function textElement(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** The middle of a cluster, held off the sides of its cell, so that two of them never lie under one finger. */
function apart([lat, lon], bbox) {
  if (!bbox) return [lat, lon];
  const [west, south, east, north] = bbox;
  const inside = (value, low, high) => Math.max(low + 0.25 * (high - low), Math.min(high - 0.25 * (high - low), value));
  return [inside(lat, south, north), inside(lon, west, east)];
}

/** Whether two areas "west,south,east,north" are one, however many digits each is written with. */
function isOneArea(one, other) {
  if (!one || !other) return false;
  const [ours, theirs] = [one, other].map((area) => area.split(",").map(Number));
  return ours.every((value, index) => Math.abs(value - theirs[index]) < 0.00011);
}

/** The names of towns, a few a tile; each is set as text. */
function townNames() {
  const Towns = L.GridLayer.extend({
    createTile({ x, y, z }, done) {
      const tile = document.createElement("div");
      fetch(`/tiles/towns/${z}/${x}/${y}.json`)
        .then((answer) => (answer.ok ? answer.json() : []))
        .then((towns) => {
          for (const town of towns) {
            const name = textElement("span", town.name, town.large ? "town large" : "town");
            name.style.left = `${town.x}px`;
            name.style.top = `${town.y}px`;
            tile.append(name);
          }
          done(null, tile);
        }, (error) => done(error, tile));
      return tile;
    },
  });
  return new Towns({ pane: "overlayPane", minZoom: 5, maxNativeZoom: 14, noWrap: true, keepBuffer: 1 });
}

export class PlaceMap {
  /** Load what the map needs and start it in `panel`. `hooks`: onArea(bbox), onLight(id, on), current() -> dataset. */
  static async start(panel, hooks) {
    const { tlStyle, tlLeaflet, tlBase } = panel.dataset;
    await Promise.all([style(tlStyle), script(tlLeaflet)]);
    await script(tlBase);
    return new PlaceMap(panel, hooks);
  }

  constructor(panel, hooks) {
    this.panel = panel;
    this.hooks = hooks;
    this.words = JSON.parse(panel.dataset.tlWords);
    this.map = window[panel.dataset.tlMap];
    this.layer = L.layerGroup().addTo(this.map);
    townNames().addTo(this.map);
    this.markers = new Map();
    this.moves = 0; // movements of our own, after which the list stays
    this.#dress();
    this.#fit();
    this.map.on("autopanstart", () => { this.quiet = true; }); // a popup made room for itself
    this.map.on("moveend", () => this.#moved());
    this.refresh();
  }

  /** The filters or the place changed by the form: look there. An area that came from the map itself is kept. */
  filtersChanged() {
    const { tlExtent } = this.hooks.current();
    if (tlExtent && !isOneArea(tlExtent, this.area)) this.#fit();
    this.refresh();
  }

  /** The panel was shown, hidden or resized. */
  resized() {
    this.moves += 1;
    this.map.invalidateSize({ animate: false });
    this.moves -= 1;
  }

  /** Mark the place, where it is drawn on its own. */
  light(id, on) {
    this.markers.get(id)?.getElement()?.firstElementChild?.classList.toggle("lit", on);
  }

  #dress() {
    const words = this.words;
    this.map.attributionControl.setPrefix(false);
    for (const [selector, text] of [[".leaflet-control-zoom-in", words.zoomIn], [".leaflet-control-zoom-out", words.zoomOut]]) {
      const button = this.panel.querySelector(selector);
      button.title = text;
      button.setAttribute("aria-label", text);
    }
  }

  #fit() {
    const { tlExtent } = this.hooks.current();
    if (!tlExtent) return;
    const [west, south, east, north] = tlExtent.split(",").map(Number);
    this.moves += 1;
    this.map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 15, padding: [12, 12] });
    this.moves -= 1;
    this.area = tlExtent;
  }

  #moved() {
    this.refresh();
    const ours = this.moves > 0 || this.quiet;
    this.quiet = false;
    if (ours) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.area = this.#bbox(4); this.hooks.onArea?.(this.area); }, 350);
  }

  #bbox(digits) {
    const bounds = this.map.getBounds();
    const clamp = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(digits);
    return [clamp(bounds.getWest(), 180), clamp(bounds.getSouth(), 90), clamp(bounds.getEast(), 180), clamp(bounds.getNorth(), 90)].join(",");
  }

  /** Ask the server what is to be drawn here, with the page's filters. The last question wins. */
  async refresh() {
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    const place = new URLSearchParams({ bbox: this.#bbox(5), zoom: String(Math.floor(this.map.getZoom())) });
    const filters = this.hooks.current().tlFiltersQuery;
    try {
      const answer = await fetch(`${this.panel.dataset.tlClusters}?${place}${filters ? `&${filters}` : ""}`, { signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#draw(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.#say(this.words.failed);
    }
  }

  /** What stays keeps its marker, and with it the focus and the open popup. */
  #draw(collection) {
    const before = this.markers;
    this.markers = new Map();
    for (const feature of collection.features) {
      const [lon, lat] = feature.geometry.coordinates;
      const { cluster, count, hours_state: state } = feature.properties;
      const key = cluster ? `${lon},${lat},${count}` : String(feature.id);
      const kept = before.get(key);
      const marker = kept && kept.state === state ? kept : this.#marker(feature, [lat, lon]);
      this.markers.set(key, marker);
      if (marker !== kept) this.layer.addLayer(marker);
    }
    const held = document.activeElement?.closest(".leaflet-marker-icon");
    for (const [key, marker] of before) if (this.markers.get(key) !== marker) this.layer.removeLayer(marker);
    if (held && !held.isConnected) this.map.getContainer().focus({ preventScroll: true });
    this.#say(collection.features.length ? "" : this.words.nothing);
  }

  #marker(feature, position) {
    const marker = feature.properties.cluster ? this.#cluster(feature, position) : this.#place(feature, position);
    marker.state = feature.properties.hours_state;
    return marker;
  }

  #cluster({ properties: { count, bbox } }, position) {
    const size = Math.round(26 + 7 * Math.log10(count));
    const label = this.words.cluster.replace("{n}", count.toLocaleString(document.documentElement.lang));
    const icon = L.divIcon({ className: "", iconSize: [size, size], html: textElement("div", String(count), "cluster") });
    icon.options.html.style.width = icon.options.html.style.height = `${size}px`;
    const marker = L.marker(apart(position, bbox), { icon, title: label, alt: label, autoPanOnFocus: false });
    marker.on("add", () => marker.getElement().setAttribute("aria-label", label));
    marker.on("click", () => this.#open(bbox, position));
    marker.on("keypress", ({ originalEvent }) => { if (originalEvent.key === "Enter") this.#open(bbox, position); });
    return marker;
  }

  #open(bbox, position) {
    const zoom = Math.min(this.map.getMaxZoom(), this.map.getZoom() + 3);
    if (!bbox || this.map.getZoom() >= 17) return this.map.setView(position, zoom);
    this.map.fitBounds([[bbox[1], bbox[0]], [bbox[3], bbox[2]]], { maxZoom: Math.max(zoom, 15), padding: [24, 24] });
  }

  #place({ id, properties }, position) {
    const dot = textElement("div", "", `spot ${properties.hours_state ?? "unknown"}`);
    dot.style.width = dot.style.height = "18px";
    const label = `${properties.name}, ${this.words.states[properties.hours_state] ?? this.words.states.unknown}`;
    const icon = L.divIcon({ className: "", iconSize: [24, 24], html: dot });
    const marker = L.marker(position, { icon, title: label, alt: label, autoPanOnFocus: false });
    marker.bindPopup(() => this.#popup(properties));
    marker.on("mouseover", () => this.hooks.onLight?.(String(id), true));
    marker.on("mouseout", () => this.hooks.onLight?.(String(id), false));
    return marker;
  }

  #popup(properties) {
    const box = document.createElement("div");
    const link = textElement("a", this.words.open, "open-place");
    link.href = this.panel.dataset.tlPlace + encodeURIComponent(properties.slug);
    if (document.body.classList.contains("embed")) link.target = "_blank";
    const state = this.words.states[properties.hours_state] ?? this.words.states.unknown;
    box.append(
      textElement("strong", properties.name),
      textElement("p", [this.words.kinds[properties.kind], properties.address?.commune].filter(Boolean).join(", ")),
      textElement("p", state, `state ${properties.hours_state}`),
      link,
    );
    return box;
  }

  #say(text) {
    this.panel.querySelector("[data-tl-map-status]").textContent = text;
  }
}
