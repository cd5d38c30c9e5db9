"use strict";
// Draws the map page. Text from data enters the page only as textContent, never as HTML.

function drawHazardMap(map) {
  var page = JSON.parse(document.getElementById("page").textContent);
  var styles = page.styles;
  var names = Object.keys(page.layers);
  var groups = {};
  var documents = {};
  var view = "after";

  warnOfAge(page);
  map.options.renderer = L.canvas({ padding: 0.3, tolerance: 5 });
  map.attributionControl && map.attributionControl.remove();
  L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);

  Promise.all(names.map(load)).then(start).catch(function (error) {
    var note = document.getElementById("failed");
    note.hidden = false;
    document.body.classList.add("broken");
    console.error(error);
  });

  function load(name) {
    var block = document.getElementById("layer-" + name);
    if (block) return Promise.resolve(JSON.parse(block.textContent));
    return fetch(page.layers[name]).then(function (answer) {
      if (!answer.ok) throw new Error("layer " + name + " was not served: " + answer.status);
      return answer.json();
    });
  }

  function start(found) {
    names.forEach(function (name, at) {
      documents[name] = found[at].features;
      groups[name] = L.layerGroup();
    });
    var bounds = extent();
    drawGraticule(bounds);
    names.forEach(function (name) { groups[name].addTo(map); });
    show(view);
    map.fitBounds(districtBounds(page.look_at) || bounds, { padding: [14, 14], animate: false });
    document.querySelectorAll("[data-view]").forEach(function (button) {
      if (button.tagName === "BUTTON") button.addEventListener("click", function () { show(button.dataset.view); });
    });
    document.querySelectorAll("[data-layer]").forEach(function (box) {
      box.addEventListener("change", function () { toggle(box.dataset.layer, box.checked); });
    });
    adjustLines();
    spreadRanks();
    map.on("zoomend", adjustLines);
    map.on("zoomend", spreadRanks);
    document.body.dataset.drawn = "yes";
  }

  // Open ground lies over released ground, held-back communities over others, small symbols over large ones.
  function depth(feature) {
    var row = feature.properties;
    if (row[view]) return styles.communities[row[view].state].depth - row.radius / 100;
    return row.state ? styles.hazard_states[row.state].depth : 0;
  }

  // Far out a thick outline would hide the fill, which tells the class.
  function lineWidth(width) {
    return map.getZoom() < 11 ? width * 0.5 : width;
  }

  function adjustLines() {
    groups.hazards.eachLayer(function (layer) {
      if (layer.setStyle) layer.setStyle(function (feature) {
        return { weight: lineWidth(styles.hazard_states[feature.properties.state].width) };
      });
    });
  }

  function extent() {
    var all = L.latLngBounds([]);
    names.forEach(function (name) {
      var bounds = L.geoJSON(documents[name]).getBounds();
      if (bounds.isValid()) all.extend(bounds);
    });
    return all.isValid() ? all : L.latLngBounds([[-1, -1], [1, 1]]);
  }

  // A link may name a district to look at.
  function districtBounds(code) {
    var own = (documents.districts || []).filter(function (feature) { return feature.id === code; });
    return own.length ? L.geoJSON(own).getBounds() : null;
  }

  // Both views are drawn from the same features; each says in which of them it is shown.
  function show(next) {
    view = next;
    document.body.dataset.view = view;
    document.querySelectorAll("button[data-view]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    });
    map.closePopup();
    names.forEach(function (name) {
      groups[name].clearLayers();
      documents[name].sort(function (a, b) { return depth(a) - depth(b); }).forEach(function (feature) {
        var shown = feature.properties.shown || "both";
        if (shown !== "both" && shown !== view) return;
        drawing[name](feature).forEach(function (layer) { groups[name].addLayer(layer); });
      });
    });
    order();
  }

  function toggle(name, on) {
    if (on) groups[name].addTo(map); else groups[name].remove();
    if (name === "hazards") document.getElementById("hidden").hidden = on;
    order();
  }

  // One canvas holds all: what comes later in `names` must lie on top, whatever was switched on last.
  function order() {
    names.forEach(function (name) {
      if (!map.hasLayer(groups[name])) return;
      groups[name].eachLayer(function (layer) { if (layer.bringToFront) layer.bringToFront(); });
    });
    spreadRanks();
  }

  // Numbers of hazards that lie close together would cover each other: the later one moves the least way that frees it.
  function spreadRanks() {
    var ways = [[0, -1], [1, 0], [-1, 0], [0, 1], [0.7, -0.7], [-0.7, -0.7], [0.7, 0.7], [-0.7, 0.7]];
    var numbers = Array.from(document.querySelectorAll(".label.rank span"));
    var placed = [];
    numbers.sort(function (a, b) { return a.textContent - b.textContent; }).forEach(function (number) {
      move(number, [0, 0], 0);
      var box = number.getBoundingClientRect();
      var way, far = -2;
      do {
        far += 2;
        way = ways.find(function (one) {
          return placed.every(function (other) { return apart(other, box, one[0] * far, one[1] * far); });
        });
      } while (!way);
      move(number, way, far);
      placed.push(number.getBoundingClientRect());
    });
  }

  function move(number, way, far) {
    number.style.left = way[0] * far + "px";
    number.style.top = way[1] * far + "px";
  }

  function apart(other, box, right, down) {
    return box.left + right >= other.right || box.right + right <= other.left ||
      box.top + down >= other.bottom || box.bottom + down <= other.top;
  }

  var drawing = {
    districts: function (feature) {
      var look = styles.ground.districts;
      var outline = L.geoJSON(feature, {
        interactive: false,
        style: { color: look.line, weight: 1.4, fillColor: look.fill, fillOpacity: 1 },
      });
      var centre = outline.getBounds();
      if (!centre.isValid()) return [];
      return [outline, label(centre.getCenter(), feature.properties.title, "district")];
    },
    routes: function (feature) {
      var look = styles.ground.routes;
      return [L.geoJSON(feature, { interactive: false, style: { color: look.line, weight: look.width, lineCap: "butt" } })];
    },
    hazards: function (feature) {
      var row = feature.properties;
      var state = styles.hazard_states[row.state];
      var gives = styles.gains[row.gives];
      var shape = L.geoJSON(feature, {
        smoothFactor: 0.5,
        style: {
          color: state.line,
          weight: lineWidth(state.width),
          dashArray: state.dash,
          fillColor: gives ? gives.fill : state.fill || styles.hazard_kinds[row.kind].fill,
          fillOpacity: gives ? gives.fill_opacity : state.fill_opacity,
        },
      });
      var drawn = [withPopup(shape, row)];
      if (row.label && shape.getBounds().isValid()) drawn.push(label(shape.getBounds().getCenter(), row.label, "rank"));
      return drawn;
    },
    places: function (feature) {
      var row = feature.properties;
      var look = styles.places[row.kind];
      var shape = { shape: "square", letter: look.letter, radius: 6, color: look.line, fillColor: "#FFFFFF", weight: 1.2 };
      return [withPopup(symbol(feature, shape), row)];
    },
    communities: function (feature) {
      var row = feature.properties;
      var state = row[view].state;
      var change = view === "after" ? row.change : null;
      var look = change === "freed" && state !== "held_back" ? styles.changes.freed : styles.communities[state];
      var shape = {
        shape: look.shape,
        radius: row.radius,
        color: look.line,
        weight: 1.4,
        fillColor: look.fill,
        fillOpacity: look.fill_opacity || 1,
        ring: change ? styles.changes[change].ring : null,
      };
      return [withPopup(symbol(feature, shape), row)];
    },
  };

  function withPopup(layer, row) {
    var height = Math.max(180, Math.min(520, map.getSize().y - 60));
    var options = {
      maxWidth: Math.min(330, map.getSize().x - 96),
      minWidth: 200,
      maxHeight: height,
      autoPanPaddingTopLeft: [54, 6],
      autoPanPaddingBottomRight: [6, 6],
    };
    layer.on("popupopen", function () { layer.closeTooltip(); });
    layer.bindTooltip(function () { return element("span", "", row.title); });
    return layer.bindPopup(function () { return popup(row, layer); }, options);
  }

  function popup(row, layer) {
    var now = row[view] || row;
    var box = element("div", "popup");
    box.append(element("h2", "", row.title));
    if (row.kicker) box.append(element("p", "kicker", row.kicker));
    if (now.state) box.append(element("p", "state", stateWords(row, now)));
    if (now.why) box.append(element("p", "", now.why));
    // Above the facts: on a phone these fill the popup, and nobody looks for a button below its edge.
    if (page.what_if && view === "after" && ["open", "worked_on", "suspended"].includes(row.state) && row.id) {
      box.append(whatIf(page.what_if, row.id, layer));
    }
    if (view === "after" && row.gain) box.append(element("p", "", page.words.since + " " + row.gain));
    if (row.walks && row.walks.length) box.append(walksTable(row.walks));
    if (row.unrecorded) box.append(element("p", "small", row.unrecorded));
    if (now.facts) box.append(factList(now.facts));
    if (row.state) box.append(element("p", "small", page.words.no_record));
    return box;
  }

  function stateWords(row, now) {
    var looks = row.before ? styles.communities : styles.hazard_states;
    var words = looks[now.state].label;
    var change = row.before && view === "after" && row.change;
    if (change === "freed" && now.state === "neither") return styles.changes.freed.label;
    if (change === "freed" && now.state === "exposed") return styles.changes.freed.label + ". " + words;
    return change ? words + ". " + styles.changes[change].label : words;
  }

  function factList(facts) {
    var list = element("dl");
    facts.forEach(function (fact) {
      list.append(element("dt", "", fact[0]), element("dd", "", fact[1]));
    });
    return list;
  }

  function walksTable(rows) {
    var table = element("table");
    var head = element("tr");
    page.words.walks.forEach(function (text) { head.append(element("th", "", text)); });
    table.append(head);
    rows.forEach(function (cells) {
      var line = element("tr");
      cells.forEach(function (text, at) { line.append(element(at ? "td" : "th", "", text)); });
      table.append(line);
    });
    return table;
  }

  function symbol(feature, look) {
    var at = feature.geometry.coordinates;
    return new PointSymbol([at[1], at[0]], Object.assign({ fillOpacity: 1 }, look));
  }

  function label(at, text, name) {
    var icon = L.divIcon({ html: element("span", "", text), className: "label " + name, iconSize: [0, 0] });
    return L.marker(at, { icon: icon, interactive: false, keyboard: false });
  }

  // Without a background map a grid of degrees gives the eye size and north.
  function drawGraticule(bounds) {
    var span = Math.max(bounds.getNorth() - bounds.getSouth(), bounds.getEast() - bounds.getWest(), 1e-3);
    var step = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].find(function (s) { return span / s >= 2; }) || 0.001;
    var wide = bounds.pad(1);
    var look = { color: "#CBD5DA", weight: 1, interactive: false };
    var digits = step < 0.01 ? 3 : step < 0.1 ? 2 : 1;
    for (var y = Math.ceil(wide.getSouth() / step); y * step <= wide.getNorth(); y++) {
      L.polyline([[y * step, wide.getWest()], [y * step, wide.getEast()]], look).addTo(map);
      label([y * step, bounds.getWest()], degrees(y * step, "N", "S", digits), "degree north").addTo(map);
    }
    for (var x = Math.ceil(wide.getWest() / step); x * step <= wide.getEast(); x++) {
      L.polyline([[wide.getSouth(), x * step], [wide.getNorth(), x * step]], look).addTo(map);
      label([bounds.getSouth(), x * step], degrees(x * step, "E", "W", digits), "degree east").addTo(map);
    }
  }

  function degrees(value, positive, negative, digits) {
    return Math.abs(value).toFixed(digits) + "° " + (value < 0 ? negative : positive);
  }
}

// A point symbol on the canvas: circle, diamond, square or cross, with a ring round it where something changed.
// Far out symbols shrink, so that they do not hide the hazards among them; letters wait for room.
var PointSymbol = L.CircleMarker.extend({
  _project: function () {
    var zoom = this._map.getZoom();
    this._lettered = this.options.letter && zoom >= 12;
    var scale = Math.min(1.3, Math.max(0.55, 0.75 + (zoom - 10) / 6));
    this._radius = this.options.letter ? (this._lettered ? 6 : 2) : this.options.radius * scale;
    L.CircleMarker.prototype._project.call(this);
  },
  _updatePath: function () {
    var canvas = this._renderer, ctx = canvas._ctx, p = this._point, r = this._radius, look = this.options;
    if (!canvas._drawing || this._empty()) return;
    if (look.ring) {
      ctx.beginPath();
      ctx.arc(p.x, p.y, r + 3.2, 0, 2 * Math.PI);
      ctx.globalAlpha = 1;
      ctx.lineWidth = 2.8;
      ctx.strokeStyle = look.ring;
      ctx.stroke();
    }
    ctx.beginPath();
    if (look.shape === "diamond") {
      polygon(ctx, [[p.x, p.y - r * 1.2], [p.x + r * 1.2, p.y], [p.x, p.y + r * 1.2], [p.x - r * 1.2, p.y]]);
    } else if (look.shape === "square") {
      ctx.rect(p.x - r, p.y - r, 2 * r, 2 * r);
    } else {
      ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
    }
    canvas._fillStroke(ctx, this);
    if (look.shape === "cross") {
      ctx.beginPath();
      ctx.moveTo(p.x - r * 0.6, p.y - r * 0.6);
      ctx.lineTo(p.x + r * 0.6, p.y + r * 0.6);
      ctx.moveTo(p.x + r * 0.6, p.y - r * 0.6);
      ctx.lineTo(p.x - r * 0.6, p.y + r * 0.6);
      ctx.stroke();
    }
    if (this._lettered) {
      ctx.fillStyle = look.color;
      ctx.font = "bold 9px sans-serif";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(look.letter, p.x, p.y + 0.5);
    }
  },
});

function polygon(ctx, corners) {
  corners.forEach(function (corner) { ctx.lineTo(corner[0], corner[1]); });
  ctx.closePath();
}

function element(name, className, text) {
  var made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
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
  var sections = document.querySelectorAll("details");
  if (window.matchMedia("(max-width: 760px)").matches) {
    sections.forEach(function (section) { section.open = false; });
  }
  window.addEventListener("beforeprint", function () {
    sections.forEach(function (section) { section.open = true; });
  });
})();
