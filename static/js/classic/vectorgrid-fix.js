/* Leaflet.VectorGrid 1.3.0 calls a function that Leaflet 1.8 removed (its issue 274, fixed but never released). */
L.DomEvent.fakeStop = function () { return true; };

/* The colours of the base map come from the page's CSS variables, so that themes and the dark mode reach it. */
function tlBaseStyles() {
  var css = getComputedStyle(document.documentElement);
  function colour(name) { return css.getPropertyValue(name).trim(); }
  function line(name, weight, opacity) {
    return { stroke: true, fill: false, color: colour(name), weight: weight, opacity: opacity };
  }
  function byZoom(from, style) {
    return function (properties, zoom) { return zoom >= from ? style : []; };
  }
  return {
    region: { stroke: true, fill: true, fillColor: colour('--map-land'), fillOpacity: 1, color: colour('--map-region'), weight: 1.4 },
    departement: { stroke: true, fill: true, fillColor: colour('--map-land'), fillOpacity: 1, color: colour('--map-region'), weight: 1 },
    epci: byZoom(8, line('--map-epci', 0.8, 1)),
    commune: byZoom(10, line('--map-commune', 0.6, 1))
  };
}
