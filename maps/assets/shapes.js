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

// Asked of thousands of shapes at once: without making objects.
function meet(one, other) {
  return one.max.x >= other.min.x && one.min.x <= other.max.x && one.max.y >= other.min.y && one.min.y <= other.max.y;
}

// So few pixels that a symbol or a word could hide it.
function isSmall(box) {
  return box.max.x - box.min.x <= 60 && box.max.y - box.min.y <= 60;
}

function isBeside(layer, point) {
  var box = layer._pxBounds;
  return !box || point.x < box.min.x || point.x > box.max.x || point.y < box.min.y || point.y > box.max.y;
}

// Shapes stay on the canvas, in their order; each asks whether it is shown before it is drawn or hit.
// Cutting outlines at the edge of the picture is most of the work after a move: it waits until one is drawn or hit.
function cutLate(kind, own) {
  return kind.extend(Object.assign({
    isShown: function () { return true; },
    _update: function () { this._cutAt = null; },
    _cut: function () {
      if (this._cutAt === this._renderer._bounds) return;
      this._clipPoints();
      this._simplifyPoints();
      this._cutAt = this._renderer._bounds;
    },
    _updatePath: function () {
      if (!this._renderer._drawing || !this.isShown()) return;
      this._cut();
      kind.prototype._updatePath.call(this);
    },
    _containsPoint: function (point, closed) {
      if (!this.isShown()) return false;
      this._cut();
      return kind.prototype._containsPoint.call(this, point, closed);
    },
  }, own));
}

var LineShape = cutLate(L.Polyline);
var WholeShape = cutLate(L.Polygon);

// An area of a few pixels is drawn as a block of its colour, never smaller than two: far out a country has thousands.
var AreaShape = WholeShape.extend({
  _project: function () {
    WholeShape.prototype._project.call(this);
    var box = this._rawPxBounds;
    this._isBlock = box && this.kind === "hazards" && box.max.x - box.min.x <= 4 && box.max.y - box.min.y <= 4;
  },
  _updatePath: function () {
    var box = this._rawPxBounds, canvas = this._renderer;
    if (!this._isBlock) {
      WholeShape.prototype._updatePath.call(this);
      return;
    }
    if (!canvas._drawing || !this.isShown()) return;
    canvas._ctx.globalAlpha = 0.9;
    canvas._ctx.fillStyle = this.options.fillOpacity ? this.options.fillColor : this.options.color;
    canvas._ctx.fillRect(box.min.x, box.min.y, Math.max(2, box.max.x - box.min.x), Math.max(2, box.max.y - box.min.y));
  },
  _containsPoint: function (point) {
    if (!this._isBlock) return WholeShape.prototype._containsPoint.call(this, point);
    return this.isShown() && !isBeside(this, point);
  },
});

// How long a frame may draw after a move; the browser takes three times as long again to paint what was drawn.
var SLICE_MS = 6;

// Symbols are drawn over hazards, and far out one would hide a small hazard wholly: its outline or block comes again on
// top of them. Who is asked where somebody clicks stays the same.
// After a move the picture stays where it was while the next one is made behind it, a slice in each frame, and is shown
// once it is whole. Beyond the picture the map is grey (map.css): ground that is not drawn yet never looks free.
var AtlasCanvas = L.Canvas.extend({
  getEvents: function () {
    return Object.assign(L.Canvas.prototype.getEvents.call(this), { zoomstart: this._stop });
  },
  _update: function () {
    var map = this._map, shown = this._center;
    if (map._animatingZoom && this._bounds) return;
    this._stop();
    if (!this._isMoveAlone()) {
      this._origin = map.getPixelOrigin();
      this._size = map.getSize();
      L.Canvas.prototype._update.call(this);
      this._picture = this._bounds;
      return;
    }
    L.Renderer.prototype._update.call(this);
    this._behind = { canvas: document.createElement("canvas"), center: this._center, strokes: this._strokes() };
    this._behind.ctx = sized(this._behind.canvas, this._bounds);
    // What is shown is still the picture of before: where a zoom begins, that is scaled.
    this._center = shown;
    this._slice();
  },
  // The same pixels of the same world, so that the old picture lies where it belongs.
  _isMoveAlone: function () {
    var map = this._map;
    return this._origin === map.getPixelOrigin() && this._size.equals(map.getSize()) && !this._postponeUpdatePaths;
  },
  _slice: function () {
    var ctx = this._ctx, behind = this._behind, until = performance.now() + SLICE_MS, step;
    this._ctx = behind.ctx;
    this._drawing = true;
    do step = behind.strokes.next(); while (!step.done && performance.now() < until);
    this._drawing = false;
    this._ctx = ctx;
    if (!step.done) {
      behind.request = L.Util.requestAnimFrame(this._slice, this);
      return;
    }
    var at = this._bounds.min, size = this._bounds.getSize();
    this._turnTo(behind);
    ctx.drawImage(behind.canvas, at.x, at.y, size.x, size.y);
    this.fire("whole");
  },
  _stop: function () {
    if (this._behind) L.Util.cancelAnimFrame(this._behind.request);
    this._behind = null;
  },
  // An empty picture where the next one belongs.
  _turnTo: function (behind) {
    this._stop();
    this._center = behind.center;
    this._picture = this._bounds;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    sized(this._container, this._bounds);
  },
  // Nothing is left to be drawn in later frames: for paper, and where what is shown has changed.
  complete: function () {
    if (!this._behind) return;
    this._turnTo(this._behind);
    this._redrawBounds = null;
    this._draw();
    this.fire("whole");
  },
  // Whether the picture reaches to all edges of the view.
  isWhole: function () {
    var corner = this._map.containerPointToLayerPoint([0, 0]);
    return this._picture.contains(L.bounds(corner, corner.add(this._map.getSize())));
  },
  _redraw: function () {
    L.Util.cancelAnimFrame(this._redrawRequest);
    this._redrawRequest = null;
    if (this._behind) this.complete();
    else L.Canvas.prototype._redraw.call(this);
  },
  _draw: function () {
    var box = this._redrawBounds, strokes = this._strokes();
    this._ctx.save();
    if (box) {
      this._ctx.beginPath();
      this._ctx.rect(box.min.x, box.min.y, box.getSize().x, box.getSize().y);
      this._ctx.clip();
    }
    this._drawing = true;
    while (!strokes.next().done);
    this._drawing = false;
    this._ctx.restore();
  },
  // All that is to be drawn, in its order; between two of them the work can rest.
  _strokes: function* () {
    var box = this._redrawBounds || this._bounds, order;
    function isIn(layer) { return layer._pxBounds && meet(layer._pxBounds, box); }
    for (order = this._drawFirst; order; order = order.next) {
      if (isIn(order.layer)) yield order.layer._updatePath();
    }
    for (order = this._drawFirst; order; order = order.next) {
      if (order.layer.kind === "hazards" && isIn(order.layer)) yield this._onTop(order.layer);
    }
  },
  _onTop: function (layer) {
    var box = layer._rawPxBounds, isFilled = layer.options.fill;
    if (!box || !layer.isShown() || !isSmall(box)) return;
    layer.options.fill = false;
    layer._updatePath();
    layer.options.fill = isFilled;
  },
  // Nobody asks what lies under a pointer that goes down or up, or has dragged the map.
  _onClick: function (event) {
    var isAsked = event.type === "click" && !this._map._draggableMoved(this._map);
    var found = isAsked && this._under(this._map.mouseEventToLayerPoint(event));
    this._fireEvent(found && [found], event);
  },
  _handleMouseHover: function (event, point) {
    if (this._mouseHoverThrottled) return;
    var found = this._under(point);
    if (found !== this._hoveredLayer) {
      this._handleMouseOut(event);
      if (found) {
        this._container.classList.add("leaflet-interactive");
        this._fireEvent([found], event, "mouseover");
        this._hoveredLayer = found;
      }
    }
    this._fireEvent(found && [found], event);
    this._mouseHoverThrottled = true;
    setTimeout(function (canvas) { canvas._mouseHoverThrottled = false; }, 32, this);
  },
  // The uppermost shape at a point. What Leaflet asks of each shape takes longer than a frame.
  _under: function (point) {
    var found = null;
    for (var order = this._drawFirst; order; order = order.next) {
      var layer = order.layer;
      if (!isBeside(layer, point) && layer.options.interactive && layer._containsPoint(point)) found = layer;
    }
    return found;
  },
});

// The pen of an emptied canvas that takes these pixels of the map.
function sized(canvas, bounds) {
  var size = bounds.getSize(), ratio = L.Browser.retina ? 2 : 1, ctx = canvas.getContext("2d");
  canvas.width = ratio * size.x;
  canvas.height = ratio * size.y;
  ctx.scale(ratio, ratio);
  ctx.translate(-bounds.min.x, -bounds.min.y);
  return ctx;
}

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

// Words in the picture itself, so that hazards are drawn over them. options: text, and the bounds of what it names.
var Words = L.CircleMarker.extend({
  _containsPoint: function () { return false; },
  _updateBounds: function () { this._pxBounds = this.boxAt(this._point); },
  // Pixels of what is named.
  ground: function () {
    var map = this._map, bounds = this.options.bounds;
    return L.bounds(map.latLngToLayerPoint(bounds.getNorthWest()), map.latLngToLayerPoint(bounds.getSouthEast()));
  },
  // Pixels that the words take round a point.
  boxAt: function (middle) {
    var ctx = this._renderer._ctx;
    ctx.save();
    ctx.font = this.font();
    var half = L.point(Math.max(9, ctx.measureText(this.options.text).width / 2 + 4), 9);
    ctx.restore();
    return L.bounds(middle.subtract(half), middle.add(half));
  },
  _updatePath: function () {
    if (!this._renderer._drawing || this._empty() || !this.isShown()) return;
    var ctx = this._renderer._ctx;
    ctx.save();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    ctx.font = this.font();
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    this._write(ctx);
    ctx.restore();
  },
});

// A name wider than its district would cover others.
var DistrictName = Words.extend({
  font: function () {
    var px = window.matchMedia("(max-width: 760px)").matches ? 11 : 13;
    return "600 " + px + 'px system-ui, "DejaVu Sans", sans-serif';
  },
  _write: function (ctx) {
    if (this._pxBounds.getSize().x > this.ground().getSize().x * 1.3) return;
    // The name's own direction, whatever that of the page.
    var text = "\u2068" + this.options.text.toLocaleUpperCase(document.documentElement.lang) + "\u2069";
    ctx.strokeStyle = "#fff";
    ctx.lineWidth = 3;
    ctx.lineJoin = "round";
    ctx.strokeText(text, this._point.x, this._point.y);
    ctx.fillStyle = "#46525a";
    ctx.fillText(text, this._point.x, this._point.y);
  },
});

// A number beside its hazard, and a line that leads to it.
var Rank = Words.extend({
  font: function () { return '700 11px system-ui, "DejaVu Sans", sans-serif'; },
  _updateBounds: function () {
    this._middle = this._point.add(this._shift || [0, 0]);
    this._pxBounds = this.boxAt(this._middle).extend(this._point);
  },
  moveTo: function (middle) {
    this._shift = middle.subtract(this._map.latLngToLayerPoint(this._latlng));
    this._project();
  },
  _write: function (ctx) {
    var box = this.boxAt(this._middle), size = box.getSize();
    ctx.strokeStyle = "#7a0177";
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(this._point.x, this._point.y);
    ctx.lineTo(this._middle.x, this._middle.y);
    ctx.stroke();
    ctx.beginPath();
    ctx.rect(box.min.x + 1, box.min.y + 1, size.x - 2, size.y - 2);
    ctx.fillStyle = "#fff";
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = "#4a0048";
    ctx.fillText(this.options.text, this._middle.x, this._middle.y + 0.5);
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

// "{n} found" with {n: 3}; the words come from the page, the values as text.
function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, function (whole, name) {
    return name in values ? isolated(String(values[name])) : whole;
  });
}

// Marks of direction, and letters that are written from right to left.
var TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

// Text of the data among words: marks keep it together, and its own from turning the words round it. Among words that
// run from left to right only where it could turn them. language.py does the same.
function isolated(text) {
  if (document.documentElement.dir !== "rtl" && !TURNS.test(text)) return text;
  var bare = text.replace(/[\u202a-\u202e]/g, "");
  return "\u2068" + (isClosed(bare) ? bare : bare.replace(/[\u2066-\u2069]/g, "")) + "\u2069";
}

// Whether every isolate in the text ends in it, and no other.
function isClosed(text) {
  var depth = 0;
  return (text.match(/[\u2066-\u2069]/g) || []).every(function (mark) {
    depth += mark === "\u2069" ? -1 : 1;
    return depth >= 0;
  }) && depth === 0;
}

// A number as the page's language writes it; with decimals as many, and then without groups.
function numeral(atlas, value, decimals) {
  if (decimals === undefined) return Math.round(value).toLocaleString(atlas.page.language.intl);
  var form = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, useGrouping: false };
  return Number(value.toFixed(decimals)).toLocaleString(atlas.page.language.intl, form);
}
