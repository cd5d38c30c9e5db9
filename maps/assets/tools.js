"use strict";
// Around the map: search, coordinates, measuring, the device's position, printing.

var MOST_RESULTS = 12;

function startTools(atlas) {
  startClosing(atlas);
  startSearch(atlas);
  startTable(atlas);
  startCoordinates(atlas);
  startMeasuring(atlas);
  startPosition(atlas);
  startPrinting(atlas);
}

// Paper is wider than most screens: the map takes the size of the sheet before it is printed, so that no part of the
// sheet is left without its hazards, and looks at what was looked at.
function startPrinting(atlas) {
  var seen = null;
  document.querySelectorAll("button[data-paper]").forEach(function (button) {
    button.addEventListener("click", function () {
      document.body.dataset.paper = button.dataset.paper;
      toPaper();
      // What is drawn once printing has begun hides the pictures under it, so it is drawn before.
      requestAnimationFrame(function () { requestAnimationFrame(function () { window.print(); }); });
    });
  });
  window.addEventListener("beforeprint", toPaper);
  window.addEventListener("afterprint", function () {
    resized(false);
    atlas.map.setView(seen.centre, seen.zoom, { animate: false });
    seen = null;
  });

  function toPaper() {
    if (seen) return;
    seen = { centre: atlas.map.getCenter(), zoom: atlas.map.getZoom() };
    var bounds = atlas.map.getBounds();
    resized(true);
    atlas.map.fitBounds(bounds, { animate: false });
    atlas.canvas.complete();
    var scale = document.getElementById("scale");
    if (scale) scale.textContent = filled(atlas.words.scale, { n: numeral(atlas, scaleOf(atlas.map)) });
  }

  function resized(isPaper) {
    document.body.classList.toggle("on-paper", isPaper);
    tabulate(atlas);
    atlas.map.invalidateSize({ animate: false });
  }
}

// By name or id, of communities, hazards and places; the same words whatever their accents or case.
function startSearch(atlas) {
  var input = document.getElementById("search"), list = document.getElementById("results");
  if (!input) return;
  var every = ["communities", "hazards", "places"].flatMap(function (name) { return named(atlas, name); });
  every.sort(function (a, b) { return Boolean(a.layer.feature.release) - Boolean(b.layer.feature.release); });
  input.addEventListener("input", function () {
    var asked = plainWords(input.value.trim());
    list.replaceChildren();
    list.hidden = !asked;
    if (!asked) return;
    var seen = {};
    // Ground that was released comes after what is still a hazard.
    var found = every.filter(function (one) {
      var key = one.layer.kind + one.layer.feature.id;
      if (one.words.indexOf(asked) < 0 || seen[key] || !one.layer.isShown()) return false;
      return (seen[key] = true);
    });
    found.slice(0, MOST_RESULTS).forEach(function (one) { list.append(resultRow(atlas, one.layer)); });
    var count = found.length ? filled(atlas.words.found, { n: numeral(atlas, found.length) }) : atlas.words.nothing_found;
    document.getElementById("results-count").textContent = count;
  });
  input.addEventListener("keydown", function (event) {
    var first = list.querySelector("button");
    if (event.key === "Enter" && first) first.click();
    if (event.key !== "Escape" || list.hidden) return;
    list.hidden = true;
    event.stopPropagation();
  });
}

// Everything of a layer that has a card, with the words it is found by.
function named(atlas, name) {
  atlas.named[name] = atlas.named[name] || atlas.layers[name].getLayers().map(function (layer) {
    var card = name === "hazards" && atlas.cards[layer.feature.id];
    return { layer: layer, words: plainWords([titleOf(atlas, layer), layer.feature.id, card ? card.name : ""].join(" ")) };
  });
  return atlas.named[name];
}

// Letters with a stroke have no accent that could be taken off.
var STROKED = { "đ": "d", "ł": "l", "ø": "o", "ı": "i" };

function plainWords(text) {
  var bare = text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "");
  return bare.replace(/[đłøı]/g, function (letter) { return STROKED[letter]; });
}

function resultRow(atlas, layer) {
  var row = element("li"), button = titled("button", "", titleOf(atlas, layer));
  button.type = "button";
  button.append(element("small", "", layer.feature.id));
  button.onclick = function () {
    document.getElementById("results").hidden = true;
    lookAt(atlas, layer);
    openCard(atlas, layer, true);
  };
  row.append(button);
  return row;
}

function lookAt(atlas, layer) {
  if (layer.getBounds && layer.kind === "hazards") atlas.map.fitBounds(layer.getBounds(), { maxZoom: 14, animate: false });
  else atlas.map.setView(layer.getLatLng(), Math.max(atlas.map.getZoom(), 13), { animate: false });
}

// A sentence that limbs may depend on: where English stands beside it, with the numbers as English writes them.
function inBoth(atlas, name, valuesFor) {
  var english = { page: { language: { intl: "en" } }, words: atlas.words.english };
  var half = filled(english.words[name], valuesFor(english));
  return filled(atlas.words[name].replace(english.words[name], function () { return half; }), valuesFor(atlas));
}

// At the pointer; at the middle of the map where there is none.
function startCoordinates(atlas) {
  var box = document.getElementById("coordinates");
  if (!box) return;
  function tell(at) {
    at = at.wrap();
    var found = utm(at.lat, at.lng);
    var lines = [at.lat.toFixed(5) + ", " + at.lng.toFixed(5)];
    if (found) lines.push("UTM " + utmWords(found), "MGRS " + mgrsWords(found));
    box.replaceChildren(...lines.map(function (text) { return element("span", "", text); }));
  }
  // A map that is dragged keeps its ground under the pointer.
  atlas.map.on("mousemove", function (event) { if (!atlas.map.dragging.moving()) tell(event.latlng); });
  atlas.map.on("moveend", function () { tell(atlas.map.getCenter()); });
  tell(atlas.map.getCenter());
}

// Straight lines between the points that are clicked. They are no way to walk, and say so.
function startMeasuring(atlas) {
  var button = document.getElementById("measure"), note = document.getElementById("tool-note");
  if (!button) return;
  var points = [], drawn = L.featureGroup().addTo(atlas.map);
  button.addEventListener("click", function () { measure(!atlas.measuring); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") measure(false); });
  atlas.map.on("click", function (event) {
    if (!atlas.measuring) return;
    points.push(event.latlng);
    show();
  });

  function measure(on) {
    if (atlas.measuring === on) return;
    atlas.measuring = on;
    button.setAttribute("aria-pressed", String(on));
    document.body.classList.toggle("measuring", on);
    points = [];
    show();
  }

  function show() {
    drawn.clearLayers();
    points.forEach(function (point) {
      drawn.addLayer(L.circleMarker(point, { radius: 4, color: "#1c252b", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false }));
    });
    if (points.length > 1) drawn.addLayer(new LineShape(points, { color: "#1c252b", weight: 2, dashArray: "2 5", interactive: false }));
    var km = 0;
    for (var i = 1; i < points.length; i++) km += atlas.map.distance(points[i - 1], points[i]) / 1000;
    note.textContent = inBoth(atlas, "measure_note", function (speaker) {
      return { km: numeral(speaker, km, 2), m2: areaWords(speaker, Math.round(enclosed(points))) };
    });
    showNote(atlas, note, Boolean(atlas.measuring));
  }
}

// Square metres inside the points, on a sphere of the Earth's mean radius: for a rough idea of size.
function enclosed(points) {
  if (points.length < 3) return 0;
  var sum = 0, rad = Math.PI / 180, radius = 6371008.8;
  points.forEach(function (one, at) {
    var next = points[(at + 1) % points.length];
    sum += (next.lng - one.lng) * rad * (2 + Math.sin(one.lat * rad) + Math.sin(next.lat * rad));
  });
  return Math.abs(sum * radius * radius / 2);
}

// Off until asked; where the device may not tell, the note says so. It stands as long as the dot does.
function startPosition(atlas) {
  var button = document.getElementById("position"), note = document.getElementById("position-note"), here = null;
  if (!button) return;
  if (!navigator.geolocation) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", function () {
    if (here) {
      here.remove();
      here = null;
      showNote(atlas, note, false);
      button.setAttribute("aria-pressed", "false");
      return;
    }
    navigator.geolocation.getCurrentPosition(function (found) {
      var at = [found.coords.latitude, found.coords.longitude], m = Math.ceil(found.coords.accuracy);
      // Asked twice before the device told: one dot.
      if (here) here.remove();
      here = L.featureGroup([
        L.circle(at, { radius: m, color: "#1c252b", weight: 1, fillOpacity: 0.08, interactive: false }),
        L.circleMarker(at, { radius: 6, color: "#fff", weight: 2, fillColor: "#1c252b", fillOpacity: 1, interactive: false }),
      ]).addTo(atlas.map);
      atlas.map.setView(at, Math.max(atlas.map.getZoom(), 13), { animate: false });
      note.textContent = inBoth(atlas, "position_note", function (speaker) { return { m: numeral(speaker, m) }; });
      showNote(atlas, note, true);
      button.setAttribute("aria-pressed", "true");
    }, function () {
      if (here) return;
      note.textContent = atlas.words.position_failed;
      showNote(atlas, note, true);
    }, { timeout: 20000 });
  });
}
