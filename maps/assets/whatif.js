"use strict";
// Asks the service what one release would give back. The hazard keeps its look: nothing is released here.
// Only the served map has this script; `element` is that of map.js, and text enters the page as it does there.

// By hazard, what the service answered: a popup is built anew whenever it is laid out again.
var whatIfAnswers = {};

function whatIf(words, id, layer) {
  var box = element("div", "what-if");
  if (whatIfAnswers[id]) {
    whatIfLines(words, whatIfAnswers[id]).forEach(function (line) { box.append(line); });
    box.append(whatIfLimits(words, whatIfAnswers[id], layer));
    return box;
  }
  var button = element("button", "", words.ask);
  button.type = "button";
  button.onclick = function () {
    button.disabled = true;
    button.textContent = words.asking;
    askWhatIf(words, id).then(function (found) {
      whatIfAnswers[id] = found;
      // The answer is longer than the button: laid out again, the popup moves the map until it is seen whole.
      if (layer.isPopupOpen()) layer.getPopup().update();
    }).catch(function (error) {
      box.replaceChildren(element("p", "", words.failed));
      console.error(error);
    });
  };
  box.append(button);
  return box;
}

function askWhatIf(words, id) {
  var request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ release: [id], on: words.on }),
  };
  return fetch(words.address, request).then(function (answer) {
    if (!answer.ok) throw new Error("what-if was not answered: " + answer.status);
    return answer.json();
  });
}

function whatIfLines(words, found) {
  var lines = [element("p", "state", words.not_released)];
  if (!found.totals.freed) lines.push(element("p", "", words.nobody));
  named(words.freed, found.communities.filter(function (row) { return row.freed; }));
  named(words.wider, found.communities.filter(function (row) { return row.expanded && !row.freed; }));
  lines.push(element("p", "", found.totals.gained_km2.toFixed(2) + " " + words.reach));
  words.always.forEach(function (text) { lines.push(element("p", "small", text)); });
  return lines;

  function named(label, rows) {
    if (!rows.length) return;
    lines.push(element("p", "", rows.length + " " + label + " " + rows.map(function (row) {
      return row.people === null ? row.name : row.name + " (" + Math.round(row.people).toLocaleString("en") + ")";
    }).join(", ")));
  }
}

// All caveats of the answer, folded: they are as many as those beside the map.
function whatIfLimits(words, found, layer) {
  var fold = element("details");
  var list = element("ul");
  fold.open = Boolean(found.unfolded);
  found.caveats.forEach(function (text) { list.append(element("li", "", text)); });
  fold.append(element("summary", "", words.limits + " (" + found.caveats.length + ")"), list);
  fold.ontoggle = function () {
    if (fold.open === Boolean(found.unfolded)) return;
    found.unfolded = fold.open;
    var page = fold.closest(".leaflet-popup-content"), at = page.scrollTop;
    layer.getPopup().update();
    page.scrollTop = at;
  };
  return fold;
}
