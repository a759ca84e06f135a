/** The map alone, on another site's page: no list, no address to keep in step. */
import { PlaceMap } from "./map.js";

const state = document.querySelector("[data-tl-map-state]").dataset;
await PlaceMap.start(document.querySelector("[data-tl-map]"), { current: () => state });
