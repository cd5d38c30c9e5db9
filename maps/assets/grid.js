"use strict";
// A place in the grids that people read out over the radio: UTM and MGRS, on WGS 84.

var BANDS = "CDEFGHJKLMNPQRSTUVWX";

// Zones are 6 degrees wide but for Norway and Svalbard.
function utmZone(lat, lon) {
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat >= 72 && lat < 84 && lon >= 0 && lon < 42) return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
  return Math.min(60, Math.floor((lon + 180) / 6) + 1);
}

// Krüger's series to the third power of n: better than a millimetre inside a zone.
function utm(lat, lon) {
  if (lat < -80 || lat > 84) return null;
  var zone = utmZone(lat, lon), f = 1 / 298.257223563, n = f / (2 - f), k0 = 0.9996;
  var radius = 6378137 / (1 + n) * (1 + n * n / 4 + Math.pow(n, 4) / 64);
  var alpha = [n / 2 - 2 * n * n / 3 + 5 * Math.pow(n, 3) / 16, 13 * n * n / 48 - 3 * Math.pow(n, 3) / 5, 61 * Math.pow(n, 3) / 240];
  var phi = lat * Math.PI / 180, lambda = (lon - (zone * 6 - 183)) * Math.PI / 180;
  var e = 2 * Math.sqrt(n) / (1 + n);
  var t = Math.sinh(Math.atanh(Math.sin(phi)) - e * Math.atanh(e * Math.sin(phi)));
  var xi = Math.atan2(t, Math.cos(lambda)), eta = Math.atanh(Math.sin(lambda) / Math.sqrt(1 + t * t));
  var east = eta, north = xi;
  alpha.forEach(function (a, at) {
    var j = 2 * (at + 1);
    east += a * Math.cos(j * xi) * Math.sinh(j * eta);
    north += a * Math.sin(j * xi) * Math.cosh(j * eta);
  });
  return {
    zone: zone,
    band: BANDS[Math.min(19, Math.floor((lat + 80) / 8))],
    east: 500000 + k0 * radius * east,
    north: (lat < 0 ? 10000000 : 0) + k0 * radius * north,
  };
}

// The half of the earth and not the band, as in the names of EPSG: "24S" at 35° north would be read as south.
function utmWords(found) {
  return "zone " + found.zone + (found.band < "N" ? "S" : "N") + " " + Math.floor(found.east) + " " + Math.floor(found.north);
}

// The square of 100 km in letters, then the metre in it.
function mgrsWords(found) {
  var column = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"][(found.zone - 1) % 3][Math.floor(found.east / 1e5) - 1];
  var rows = found.zone % 2 ? "ABCDEFGHJKLMNPQRSTUV" : "FGHJKLMNPQRSTUVABCDE";
  var row = rows[Math.floor(found.north / 1e5) % 20];
  function metre(value) { return String(Math.floor(value % 1e5)).padStart(5, "0"); }
  return found.zone + found.band + " " + column + row + " " + metre(found.east) + " " + metre(found.north);
}
