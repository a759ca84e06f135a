/** "J'y suis": asks the browser once where it is, and sends that with the form. Nothing is asked before the press. */
const form = document.querySelector("[data-tl-arrive]");
const status = form?.querySelector("[data-tl-arrive-status]");

form?.addEventListener("submit", (event) => {
  if (form.elements.position.value) return;
  event.preventDefault();
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.position.value = `${coords.longitude},${coords.latitude}`;
      form.submit();
    },
    () => {
      status.textContent = form.dataset.tlRefused;
    },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
  );
});
