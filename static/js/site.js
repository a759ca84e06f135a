/** Every page: says that scripts run, then binds what the page holds. Without this file every form and link still works. */
import { bindBox } from "./box.js";
import { bindSuggestions } from "./suggest.js";

document.documentElement.classList.add("js");
for (const box of document.querySelectorAll("[data-tl-box]")) bindBox(box);
for (const combo of document.querySelectorAll("[data-tl-suggest]")) bindSuggestions(combo);
for (const button of document.querySelectorAll("[data-tl-print]")) button.addEventListener("click", () => window.print());
document.querySelector("form[data-tl-send]")?.requestSubmit();
document.getElementById("fautes")?.focus();
