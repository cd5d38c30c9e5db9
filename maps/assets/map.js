"use strict";
// Draws the map page: layers, dates, what is shown. Text from data enters the page only as textContent, never as HTML.

var LETTERS = { h: "held_back", e: "exposed", n: "neither", x: "not_assessed" };
var CHANGES = { f: "freed", w: "expanded", u: "uncertain", b: "worsened" };
// Nearer than this patterns and full lines can be seen; farther out they would hide the colours.
var NEAR_ZOOM = 11;

function drawHazardMap(map) {
  var page = JSON.parse(document.getElementById("page").textContent);
  var atlas = {
    map: map, page: page, styles: page.styles, words: page.words, at: page.open_at, last: page.dates.length - 1,
    layers: {}, features: {}, hidden: {}, byId: {}, named: {}, sorted: {}, written: L.featureGroup(),
  };
  window.hazardAtlas = atlas;
  warnOfAge(page);
  // A page may be left open past its day.
  setInterval(function () { warnOfAge(page); }, 60000);
  document.addEventListener("visibilitychange", function () { warnOfAge(page); });
  window.addEventListener("beforeprint", function () { warnOfAge(page); });
  atlas.canvas = new AtlasCanvas({ padding: 0.3, tolerance: 5 });
  map.options.renderer = atlas.canvas;
  map.attributionControl && map.attributionControl.remove();
  map.createPane("backdrop").style.zIndex = 210;
  map.createPane("ground").style.zIndex = 250;
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  var names = Object.keys(page.layers);
  Promise.all(names.map(function (name) { return loaded(name, page.layers[name]); })).then(function (found) {
    names.forEach(function (name, at) { atlas.features[name] = found[at].features; });
    atlas.cards = byName(found[names.indexOf("hazards")].cards);
    return page.coloured_by_gain ? gainsOf(atlas) : null;
  }).then(function () { startMap(atlas, names); }).catch(function (error) {
    document.getElementById("failed").hidden = false;
    document.body.classList.add("broken");
    console.error(error);
  });
}

// Ids come from the data: "constructor" must not find what every object inherits.
function byName(found) {
  return Object.assign(Object.create(null), found);
}

// A layer stands in the page, or the service has it.
function loaded(name, address) {
  var block = document.getElementById("layer-" + name);
  if (block && block.type === "application/gzip") return unpacked(block.textContent);
  if (block) return Promise.resolve(JSON.parse(block.textContent));
  return fetch(address).then(function (answer) {
    if (!answer.ok) throw new Error("layer " + name + " was not served: " + answer.status);
    return answer.json();
  });
}

// Large layers are compressed; a browser from before 2023 cannot open them, and the page says that it is not whole.
function unpacked(text) {
  if (!window.DecompressionStream) return Promise.reject(new Error("this browser cannot unpack the map; use a newer one"));
  var packed = atob(text), bytes = new Uint8Array(packed.length);
  for (var i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

function startMap(atlas, names) {
  var draw = drawers(atlas), all = L.latLngBounds([]);
  names.forEach(function (name) {
    var group = atlas.layers[name] = L.featureGroup();
    inOrder(atlas, name).forEach(function (feature) {
      draw[name](feature).forEach(function (layer) { group.addLayer(layer); });
    });
    group.on("click", function (event) {
      if (!atlas.measuring) openCard(atlas, event.propagatedFrom || event.layer, true);
    });
    group.bindTooltip(function (layer) { return titled("span", "", layer.feature ? titleOf(atlas, layer) : ""); });
    if (group.getLayers().length) all.extend(group.getBounds());
  });
  var bounds = all.isValid() ? all : L.latLngBounds([[-1, -1], [1, 1]]);
  var district = atlas.features.districts && atlas.byId["districts/" + atlas.page.look_at];
  if (district) Object.assign(district.options, { color: "#1c252b", weight: 3 });
  // Before the layers come: each is laid out once.
  atlas.map.fitBounds(district ? district.getBounds() : bounds, { padding: [14, 14], animate: false });
  drawGround(atlas);
  names.forEach(function (name) {
    // Under the hazards: no word and no line hides one.
    if (name === "hazards") {
      atlas.graticule = new Graticule(bounds.getCenter()).addTo(atlas.map);
      atlas.written.addTo(atlas.map);
    }
    atlas.layers[name].addTo(atlas.map);
  });
  sayWhatIsNotDrawn(atlas);
  atlas.map.on("zoomend", function () { relook(atlas); });
  document.querySelectorAll("[data-layer]").forEach(function (box) {
    box.addEventListener("change", function () { toggle(atlas, box.dataset.layer, box.checked); });
  });
  startDates(atlas);
  startTools(atlas);
  if (document.getElementById("minutes")) startMinutes(atlas);
  var community = atlas.byId["communities/" + atlas.page.card_of];
  if (community) {
    lookAt(atlas, community);
    openCard(atlas, community, true);
  }
  document.body.dataset.drawn = "yes";
}

// A note for as long as a move has brought grey into view.
function sayWhatIsNotDrawn(atlas) {
  var note = document.getElementById("not-drawn");
  function tell() { note.hidden = atlas.canvas.isWhole(); }
  atlas.map.on("move moveend", tell);
  atlas.canvas.on("whole", tell);
}

// Notes take room from the map, which keeps its middle.
function showNote(atlas, note, on) {
  note.hidden = !on;
  atlas.map.invalidateSize({ animate: false });
}

// Relief and land cover of the programme's own rasters, where it has any.
function drawGround(atlas) {
  var tiles = atlas.page.tiles;
  if (tiles) atlas.layers.tiles = L.tileLayer(tiles.address, Object.assign({ pane: "backdrop" }, tiles)).addTo(atlas.map);
  if (!atlas.page.ground) return;
  var picture = L.imageOverlay(atlas.page.ground.image, atlas.page.ground.bounds, { pane: "backdrop", opacity: 0.6 });
  atlas.layers.ground = picture.addTo(atlas.map);
}

// Open ground lies over released ground, small symbols over large ones.
function inOrder(atlas, name) {
  var features = atlas.features[name].slice();
  if (name === "hazards") {
    return features.sort(function (a, b) {
      return atlas.styles.hazard_states[a.state].depth - atlas.styles.hazard_states[b.state].depth;
    });
  }
  return name === "communities" ? features.sort(function (a, b) { return b.radius - a.radius; }) : features;
}

function isShown(atlas, name, feature) {
  if (atlas.hidden[name]) return false;
  return !feature.shown || feature.shown.some(function (span) { return span[0] <= atlas.at && atlas.at <= span[1]; });
}

function drawers(atlas) {
  var styles = atlas.styles;

  function keep(layer, name, feature) {
    layer.feature = feature;
    layer.kind = name;
    layer.isShown = function () { return isShown(atlas, name, feature); };
    atlas.byId[name + "/" + feature.id] = layer;
    return layer;
  }

  function write(text, name, bounds, kind) {
    var words = new kind(bounds.getCenter(), { text: text, bounds: bounds, interactive: false });
    words.isShown = function () { return !atlas.hidden[name]; };
    atlas.written.addLayer(words);
    return words;
  }

  return {
    districts: function (feature) {
      var look = styles.ground.districts;
      var shape = new AreaShape(outline(feature), {
        interactive: false, color: look.line, weight: 1.4, fillColor: look.fill, fillOpacity: atlas.page.ground || atlas.page.tiles ? 0 : 1,
      });
      if (!feature.rings.length) return [];
      write(feature.title, "districts", shape.getBounds(), DistrictName);
      return [keep(shape, "districts", feature)];
    },
    routes: function (feature) {
      var look = styles.ground.routes;
      var lines = feature.rings.map(function (part) { return corners(part[0]); });
      var options = { interactive: false, color: look.line, weight: look.width, lineCap: "butt", fill: false };
      return [keep(new LineShape(lines, options), "routes", feature)];
    },
    hazards: function (feature) {
      var look = styles.hazard_states[feature.state];
      var options = { color: look.line, weight: look.width, dashArray: look.dash, smoothFactor: 0.5 };
      if (feature.line) {
        options.fill = false;
        return [keep(new LineShape(feature.rings.map(function (part) { return corners(part[0]); }), options), "hazards", feature)];
      }
      var shape = keep(new AreaShape(outline(feature), options), "hazards", feature);
      var gain = atlas.page.coloured_by_gain && atlas.gains.hazards[feature.id];
      if (gain && look.is_open && gain.label) {
        write(numeral(atlas, Number(gain.label)), "hazards", shape.getBounds(), Rank).rank = Number(gain.label);
      }
      return [shape];
    },
    places: function (feature) {
      var look = styles.places[feature.kind];
      var shape = { shape: "square", letter: look.letter, radius: 6, color: look.line, fillColor: "#FFFFFF", fillOpacity: 1, weight: 1.2 };
      return [keep(symbol(feature, shape), "places", feature)];
    },
    communities: function (feature) {
      return [keep(symbol(feature, { radius: feature.radius, weight: 1.4 }), "communities", feature)];
    },
  };
}

function symbol(feature, look) {
  return new PointSymbol([feature.at[1], feature.at[0]], look);
}

function label(at, text, name) {
  var icon = L.divIcon({ html: titled("span", "", text), className: "label " + name, iconSize: [0, 0] });
  return L.marker(at, { icon: icon, interactive: false, keyboard: false });
}

// Everything whose look depends on the date or the zoom; then the canvas is drawn once.
function relook(atlas) {
  var isNear = atlas.map.getZoom() >= NEAR_ZOOM;
  atlas.layers.hazards.eachLayer(function (layer) {
    if (!layer.feature) return;
    var look = atlas.styles.hazard_states[layer.feature.state];
    layer.options.weight = isNear ? look.width : look.width * 0.5;
    Object.assign(layer.options, fillOf(atlas, layer.feature, look, isNear));
  });
  atlas.layers.communities.eachLayer(function (layer) { Object.assign(layer.options, lookOf(atlas, layer.feature)); });
  spreadRanks(atlas);
  redraw(atlas);
}

function redraw(atlas) {
  atlas.canvas._redrawBounds = null;
  atlas.canvas._redraw();
}

var patterns = {};

function fillOf(atlas, feature, look, isNear) {
  var gain = atlas.page.coloured_by_gain && look.is_open && atlas.styles.gains[atlas.gains.hazards[feature.id].gives];
  if (gain) return { fillColor: gain.fill, fillOpacity: gain.fill_opacity };
  if (look.fill) return { fillColor: look.fill, fillOpacity: look.fill_opacity };
  var kind = atlas.styles.hazard_kinds[feature.kind];
  if (!isNear) return { fillColor: kind.fill, fillOpacity: look.fill_opacity };
  patterns[feature.kind] = patterns[feature.kind] || patterned(kind.fill, look.fill_opacity, kind.pattern);
  return { fillColor: patterns[feature.kind], fillOpacity: 1 };
}

function lookOf(atlas, feature) {
  var state = stateOf(atlas, feature), change = changeOf(atlas, feature);
  var look = change === "freed" && state !== "held_back" ? atlas.styles.changes.freed : atlas.styles.communities[state];
  return {
    shape: look.shape, color: look.line, fillColor: look.fill, fillOpacity: look.fill_opacity || 1,
    ring: change ? atlas.styles.changes[change].ring : null, ring_dash: change ? atlas.styles.changes[change].ring_dash : null,
  };
}

function stateOf(atlas, feature) {
  return LETTERS[feature.states[atlas.at]];
}

function changeOf(atlas, feature) {
  return CHANGES[feature.changes[atlas.at]] || null;
}

function toggle(atlas, name, on) {
  atlas.hidden[name] = !on;
  if (name === "hazards") showNote(atlas, document.getElementById("hidden"), !on);
  if (name === "tiles") atlas.layers.tiles.setOpacity(on ? 1 : 0);
  if (name === "ground") atlas.layers.ground.setOpacity(on ? 0.6 : 0);
  document.body.classList.toggle("no-" + name, !on);
  redraw(atlas);
  tabulate(atlas);
}

// The slider and the two buttons show one of the page's dates.
function startDates(atlas) {
  var slider = document.getElementById("date");
  if (!slider) {
    relook(atlas);
    return;
  }
  slider.addEventListener("input", function () { showDate(atlas, Number(slider.value)); });
  document.querySelectorAll("button[data-date]").forEach(function (button) {
    button.addEventListener("click", function () { showDate(atlas, Number(button.dataset.date)); });
  });
  showDate(atlas, atlas.at);
}

function showDate(atlas, at) {
  var slider = document.getElementById("date"), day = atlas.page.days[at];
  warnOfAge(atlas.page);
  atlas.at = at;
  slider.value = at;
  slider.setAttribute("aria-valuetext", day);
  document.getElementById("date-shown").textContent = day;
  document.body.dataset.view = at === atlas.last ? "last" : "earlier";
  document.body.dataset.since = at === 0 ? "no" : "yes";
  document.querySelectorAll("button[data-date]").forEach(function (button) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.date) === at));
  });
  showCounts(atlas.page.counts[at]);
  if (atlas.page.served) hideGround(atlas);
  if (document.getElementById("minutes")) startMinutes(atlas);
  relook(atlas);
  reopenCard(atlas);
  tabulate(atlas);
}

function showCounts(counts) {
  document.getElementById("tiles").replaceChildren(...counts.headline.map(function (tile) {
    var text = element("p");
    text.append(element("b", "", tile.value), " " + tile.label);
    return text;
  }));
  document.getElementById("counts").replaceChildren(...counts.rows.map(function (row) {
    var line = element("tr"), head = element("th", "", row.label);
    head.scope = "row";
    if (row.note) head.append(element("small", "", row.note));
    line.append(head, element("td", "", row.value));
    return line;
  }));
}

// A number stands above its hazard. Numbers of hazards that lie close together would cover each other, and small hazards
// are drawn over them: each moves the least way that frees it of the numbers before it and of small hazards around.
function spreadRanks(atlas) {
  var ways = [[0, -1], [1, 0], [-1, 0], [0, 1], [0.7, -0.7], [-0.7, -0.7], [0.7, 0.7], [-0.7, 0.7]];
  var ranks = atlas.written.getLayers().filter(function (words) { return words.rank; });
  ranks.sort(function (a, b) { return a.rank - b.rank; });
  var small = atlas.layers.hazards.getLayers().filter(function (layer) { return layer.isShown(); })
    .map(function (layer) { return layer._rawPxBounds; }).filter(function (box) { return box && isSmall(box); });
  var placed = [];
  ranks.forEach(function (one) {
    var start = L.point(one.ground().getCenter().x, one.ground().min.y - 12), way, far = -2;
    var around = L.bounds(start.subtract([100, 100]), start.add([100, 100]));
    var taken = placed.concat(small.filter(function (box) { return meet(box, around); }));
    do {
      far += 2;
      way = ways.find(function (to) { return !taken.some(function (other) { return meet(other, at(to)); }); });
    } while (!way);
    placed.push(at(way));
    one.moveTo(at(way).getCenter());

    function at(to) { return one.boxAt(start.add([to[0] * far, to[1] * far])); }
  });
}

// A file that left the service cannot learn of newer data: 90 days after its data date it turns grey.
function warnOfAge(page) {
  if (!page.stale_after) return;
  var now = new Date();
  var today = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map(function (part) { return String(part).padStart(2, "0"); })
    .join("-");
  var warning = today > page.stale_after ? page.words.old : today < page.data_date ? page.words.clock : "";
  if (!warning) return;
  var note = document.getElementById("age");
  note.textContent = warning;
  note.hidden = false;
  document.body.classList.add("stale");
}

(function () {
  var sections = document.querySelectorAll("details.section");
  if (window.matchMedia("(max-width: 760px)").matches) {
    sections.forEach(function (section) { section.open = false; });
  }
  window.addEventListener("beforeprint", function () {
    // The table would fill twenty sheets; opened by the reader, it is printed too.
    sections.forEach(function (section) { section.open = section.open || section.id !== "as-table"; });
  });
})();
