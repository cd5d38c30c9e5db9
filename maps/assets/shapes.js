"use strict";
// What the canvas draws: outlines with patterns that survive a black-and-white printer, and point symbols.

// A ring comes as whole steps of a hundred-thousandth of a degree, each from the corner before.
function corners(steps) {
  var found = [], lon = 0, lat = 0;
  for (var i = 0; i < steps.length; i += 2) {
    lon += steps[i];
    lat += steps[i + 1];
    found.push([lat / 1e5, lon / 1e5]);
  }
  return found;
}

function outline(feature) {
  return feature.rings.map(function (part) { return part.map(corners); });
}

// Shapes stay on the canvas, in their order; each asks whether it is shown before it is drawn or hit.
// An area of a few pixels is drawn as a block of its colour, never smaller than two: far out a country has thousands.
var AreaShape = L.Polygon.extend({
  isBlock: function () {
    var box = this._rawPxBounds;
    return box && this.kind === "hazards" && box.max.x - box.min.x <= 4 && box.max.y - box.min.y <= 4;
  },
  // Cutting outlines at the edge of the view is most of the work after a move; a block has none to cut.
  _update: function () {
    if (this._map && this.isBlock()) this._parts = [];
    else L.Polygon.prototype._update.call(this);
  },
  _updatePath: function () {
    if (!this.isShown()) return;
    var box = this._rawPxBounds, canvas = this._renderer;
    if (!this.isBlock()) {
      L.Polygon.prototype._updatePath.call(this);
      return;
    }
    if (!canvas._drawing) return;
    canvas._ctx.globalAlpha = 0.9;
    canvas._ctx.fillStyle = this.options.fillOpacity ? this.options.fillColor : this.options.color;
    canvas._ctx.fillRect(box.min.x, box.min.y, Math.max(2, box.max.x - box.min.x), Math.max(2, box.max.y - box.min.y));
  },
  _containsPoint: function (point) {
    if (!this.isShown()) return false;
    return this.isBlock() ? this._pxBounds.contains(point) : L.Polygon.prototype._containsPoint.call(this, point);
  },
});

// Symbols are drawn over hazards, and far out one would hide a small hazard wholly: its outline or block comes again on
// top of them. Who is asked where somebody clicks stays the same.
var AtlasCanvas = L.Canvas.extend({
  _draw: function () {
    L.Canvas.prototype._draw.call(this);
    this._drawing = true;
    for (var order = this._drawFirst; order; order = order.next) {
      if (order.layer.kind === "hazards") this._onTop(order.layer);
    }
    this._drawing = false;
  },
  _onTop: function (layer) {
    var box = layer._rawPxBounds, isFilled = layer.options.fill;
    if (!box || !layer.isShown() || box.max.x - box.min.x > 60 || box.max.y - box.min.y > 60) return;
    layer.options.fill = false;
    layer._updatePath();
    layer.options.fill = isFilled;
  },
});

var LineShape = L.Polyline.extend({
  _updatePath: function () {
    if (this.isShown()) L.Polyline.prototype._updatePath.call(this);
  },
  _containsPoint: function (point, closed) {
    return this.isShown() && L.Polyline.prototype._containsPoint.call(this, point, closed);
  },
});

// Circle, diamond, square or cross, with a ring round it where something changed.
// Far out symbols shrink, so that they do not hide the hazards among them; letters wait for room.
var PointSymbol = L.CircleMarker.extend({
  _project: function () {
    var zoom = this._map.getZoom();
    this._lettered = this.options.letter && zoom >= 12;
    var scale = Math.min(1.3, Math.max(0.55, 0.75 + (zoom - 10) / 6));
    this._radius = this.options.letter ? (this._lettered ? 6 : 2) : this.options.radius * scale;
    L.CircleMarker.prototype._project.call(this);
  },
  _containsPoint: function (point) {
    return this.isShown() && L.CircleMarker.prototype._containsPoint.call(this, point);
  },
  _updatePath: function () {
    var canvas = this._renderer, ctx = canvas._ctx, p = this._point, r = this._radius, look = this.options;
    if (!canvas._drawing || this._empty() || !this.isShown()) return;
    if (look.ring) circle(ctx, p, r + 3.2, look.ring, 2.8, look.ring_dash);
    ctx.beginPath();
    if (look.shape === "diamond") {
      polygon(ctx, [[p.x, p.y - r * 1.2], [p.x + r * 1.2, p.y], [p.x, p.y + r * 1.2], [p.x - r * 1.2, p.y]]);
    } else if (look.shape === "square") {
      ctx.rect(p.x - r, p.y - r, 2 * r, 2 * r);
    } else {
      ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
    }
    canvas._fillStroke(ctx, this);
    if (look.shape === "cross") cross(ctx, p, r * 0.6);
    if (this._lettered) letter(ctx, p, look);
  },
});

function circle(ctx, p, radius, colour, width, dash) {
  ctx.beginPath();
  ctx.arc(p.x, p.y, radius, 0, 2 * Math.PI);
  ctx.globalAlpha = 1;
  ctx.lineWidth = width;
  ctx.strokeStyle = colour;
  ctx.setLineDash(dash || []);
  ctx.stroke();
  ctx.setLineDash([]);
}

function polygon(ctx, points) {
  points.forEach(function (point) { ctx.lineTo(point[0], point[1]); });
  ctx.closePath();
}

function cross(ctx, p, r) {
  ctx.beginPath();
  ctx.moveTo(p.x - r, p.y - r);
  ctx.lineTo(p.x + r, p.y + r);
  ctx.moveTo(p.x + r, p.y - r);
  ctx.lineTo(p.x - r, p.y + r);
  ctx.stroke();
}

function letter(ctx, p, look) {
  ctx.fillStyle = look.color;
  ctx.font = "bold 9px sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(look.letter, p.x, p.y + 0.5);
}

// A fill with lines or dots of its own colour, darkened; the same words are used by the legend.
function patterned(fill, opacity, pattern) {
  var tile = document.createElement("canvas"), size = 8;
  tile.width = tile.height = size;
  var ctx = tile.getContext("2d");
  ctx.globalAlpha = opacity;
  ctx.fillStyle = fill;
  ctx.fillRect(0, 0, size, size);
  ctx.globalAlpha = 0.75;
  ctx.strokeStyle = ctx.fillStyle = "#2b2b2b";
  ctx.lineWidth = 1;
  ctx.beginPath();
  if (pattern === "dots") {
    ctx.arc(2, 2, 1, 0, 7);
    ctx.arc(6, 6, 1, 0, 7);
    ctx.fill();
    return ctx.createPattern(tile, "repeat");
  }
  // Drawn past the edges, so that the tiles join.
  [-size, 0, size].forEach(function (shift) {
    ctx.moveTo(shift - 1, size + 1);
    ctx.lineTo(shift + size + 1, -1);
    if (pattern !== "cross") return;
    ctx.moveTo(shift - 1, -1);
    ctx.lineTo(shift + size + 1, size + 1);
  });
  ctx.stroke();
  return ctx.createPattern(tile, "repeat");
}

function element(name, className, text) {
  var made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Text of the data: its own direction, whatever that of the page.
function titled(name, className, text) {
  var made = element(name, className);
  made.append(element("bdi", "", text));
  return made;
}

// "{n} found" with {n: 3}; the words come from the page, the values as text. Where words run from right to left, marks
// keep each value together and its own marks from turning the words round it.
function filled(words, values) {
  var isRightToLeft = document.documentElement.dir === "rtl";
  return words.replace(/\{(\w+)\}/g, function (whole, name) {
    if (!(name in values)) return whole;
    return isRightToLeft ? "\u2068" + String(values[name]).replace(/[\u202a-\u202e]/g, "") + "\u2069" : values[name];
  });
}

// A number as the page's language writes it; with decimals as many, and then without groups.
function numeral(atlas, value, decimals) {
  if (decimals === undefined) return Math.round(value).toLocaleString(atlas.page.language.intl);
  var form = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false };
  return Number(value.toFixed(decimals)).toLocaleString(atlas.page.language.intl, form);
}
