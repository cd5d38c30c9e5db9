"use strict";
// Meridians and parallels at every zoom, named at the left and lower edges, and the scale of a printed map.

// Lines stand no nearer than this, and so at least one each way has room for its name on any screen or sheet.
var LEAST_APART_PX = 130;
var GRID_STEPS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20];
// Names keep out of the corners, where the scale bar, the arrow and the buttons are.
var CORNER_PX = { left: 110, right: 60, top: 20, bottom: 62 };

// Drawn in the picture itself, under the hazards: neither a line nor a name hides one.
var Graticule = L.CircleMarker.extend({
  options: { interactive: false },
  _containsPoint: function () { return false; },
  _updateBounds: function () { this._pxBounds = L.bounds([-1e7, -1e7], [1e7, 1e7]); },
  // What the reader sees of the picture, which reaches beyond it.
  _view: function () {
    var size = this._map.getSize(), corner = this._renderer._bounds.min.add(size.multiplyBy(this._renderer.options.padding));
    return L.bounds(corner, corner.add(size));
  },
  // Every line of the picture: {isMeridian, degrees, px, text}; text is null where its name would be in a corner.
  lines: function () {
    var map = this._map, picture = this._renderer._bounds, view = this._view(), middle = view.getCenter();
    function along(isMeridian) {
      var axis = isMeridian ? "x" : "y";
      function degreesAt(px) {
        var at = map.layerPointToLatLng(isMeridian ? [px, middle.y] : [middle.x, px]);
        return isMeridian ? at.lng : at.lat;
      }
      function pxAt(value) {
        var at = map.getCenter();
        return map.latLngToLayerPoint(isMeridian ? [at.lat, value] : [value, at.lng])[axis];
      }
      var perPx = Math.abs(degreesAt(middle[axis] + 1) - degreesAt(middle[axis]));
      var step = GRID_STEPS.find(function (one) { return one / perPx >= LEAST_APART_PX; }) || 20;
      var ends = [degreesAt(picture.min[axis]), degreesAt(picture.max[axis])].sort(function (a, b) { return a - b; });
      var found = [];
      for (var n = Math.ceil(ends[0] / step); n * step <= ends[1]; n++) {
        var px = pxAt(n * step), before = isMeridian ? CORNER_PX.left : CORNER_PX.top;
        var isNamed = px >= view.min[axis] + before && px <= view.max[axis] - (isMeridian ? CORNER_PX.right : CORNER_PX.bottom);
        found.push({ isMeridian: isMeridian, degrees: n * step, px: px, text: isNamed ? degrees(n * step, step, isMeridian) : null });
      }
      return found;
    }
    return along(true).concat(along(false));
  },
  _updatePath: function () {
    if (!this._renderer._drawing) return;
    var ctx = this._renderer._ctx, picture = this._renderer._bounds, view = this._view();
    var isPaper = document.body.classList.contains("on-paper");
    // On a phone they would cover what little there is to see.
    var isNamed = isPaper || !window.matchMedia("(max-width: 760px)").matches;
    ctx.save();
    ctx.globalAlpha = 1;
    ctx.setLineDash([]);
    ctx.font = '11px system-ui, "DejaVu Sans", sans-serif';
    this.lines().forEach(function (line) {
      ctx.strokeStyle = "#b9c6cc";
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(line.isMeridian ? line.px : picture.min.x, line.isMeridian ? picture.min.y : line.px);
      ctx.lineTo(line.isMeridian ? line.px : picture.max.x, line.isMeridian ? picture.max.y : line.px);
      ctx.stroke();
      if (!line.text || !isNamed) return;
      ctx.textAlign = line.isMeridian ? "center" : "left";
      ctx.textBaseline = "bottom";
      // The buttons for the zoom are not on paper.
      var x = line.isMeridian ? line.px : view.min.x + (isPaper ? 5 : 54), y = line.isMeridian ? view.max.y - 38 : line.px - 1;
      ctx.strokeStyle = "#fff";
      ctx.lineWidth = 3;
      ctx.lineJoin = "round";
      ctx.strokeText(line.text, x, y);
      ctx.fillStyle = "#55636b";
      ctx.fillText(line.text, x, y);
    });
    ctx.restore();
  },
});

// As many decimals as the step between two lines has.
function degrees(value, step, isMeridian) {
  var decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  var shown = isMeridian ? (((value + 180) % 360 + 360) % 360) - 180 : value;
  var side = isMeridian ? (shown < 0 ? "W" : "E") : shown < 0 ? "S" : "N";
  return Math.abs(shown).toFixed(decimals) + "° " + side;
}

// How many metres of ground a metre of paper is, at the middle of the map: a pixel of a page is 1/96 inch on paper.
// To three digits, for on this projection it grows with the latitude, and so changes over a sheet.
function scaleOf(map) {
  var metres = 2 * Math.PI * 6378137 * Math.cos(map.getCenter().lat * Math.PI / 180) / (256 * Math.pow(2, map.getZoom()));
  return Number((metres / (0.0254 / 96)).toPrecision(3));
}
