"use strict";
// Asks the service: what one release would give back, and what a community can reach. Nothing is released here: the
// hazard keeps its look, and says so on the map and on paper. Only the served map has this script.

// By hazard, what the service answered: a card is built anew on every date.
var whatIfAnswers = byName({});

function whatIf(atlas, id) {
  var words = atlas.words.what_if, box = element("div", "what-if");
  if (whatIfAnswers[id]) {
    whatIfLines(atlas, whatIfAnswers[id]).forEach(function (line) { box.append(line); });
    box.append(whatIfLimits(atlas, whatIfAnswers[id]));
    showNotReleased(atlas, id);
    return box;
  }
  var button = element("button", "", words.ask);
  button.type = "button";
  button.onclick = function () {
    button.disabled = true;
    button.textContent = words.asking;
    askWhatIf(atlas, id).then(function (found) {
      whatIfAnswers[id] = found;
      reopenCard(atlas);
    }).catch(function (error) {
      box.replaceChildren(element("p", "", words.failed));
      console.error(error);
    });
  };
  box.append(button);
  return box;
}

function askWhatIf(atlas, id) {
  var request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ release: [id], on: atlas.page.served.on }),
  };
  return fetch(atlas.page.served.what_if, request).then(function (answer) {
    if (!answer.ok) throw new Error("what-if was not answered: " + answer.status);
    return answer.json();
  });
}

// A strip above the map and a label above the hazard, until the question is ended.
function showNotReleased(atlas, id) {
  var words = atlas.words.what_if, note = document.getElementById("not-released"), layer = atlas.byId["hazards/" + id];
  endWhatIf(atlas);
  note.replaceChildren(element("span", "", filled(words.banner, { id: id }) + " "));
  var end = element("button", "", words.end);
  end.type = "button";
  end.onclick = function () {
    delete whatIfAnswers[id];
    endWhatIf(atlas);
    reopenCard(atlas);
  };
  note.append(end);
  showNote(atlas, note, true);
  var bounds = (layer.isShown() ? layer : sameElsewhere(atlas, layer)).getBounds();
  atlas.not_released = label([bounds.getNorth(), bounds.getCenter().lng], words.label, "not-released").addTo(atlas.map);
}

function endWhatIf(atlas) {
  showNote(atlas, document.getElementById("not-released"), false);
  if (atlas.not_released) atlas.not_released.remove();
}

function whatIfLines(atlas, found) {
  var words = atlas.words.what_if;
  var lines = [element("p", "state", words.not_released)];
  if (!found.totals.freed) lines.push(element("p", "", words.nobody));
  named(words.freed, found.communities.filter(function (row) { return row.freed; }));
  named(words.wider, found.communities.filter(function (row) { return row.expanded && !row.freed; }));
  lines.push(element("p", "", filled(words.reach, { n: numeral(atlas, found.totals.gained_km2, 2) })));
  words.always.forEach(function (text) { lines.push(element("p", "small", text)); });
  return lines;

  function named(label, rows) {
    if (!rows.length) return;
    var names = rows.map(function (row) {
      return row.people === null ? isolated(row.name) : isolated(row.name) + " (" + numeral(atlas, row.people) + ")";
    });
    lines.push(element("p", "", filled(label, { n: numeral(atlas, rows.length), names: names.join(atlas.words.comma) })));
  }
}

// All caveats of the answer, folded: they are as many as those beside the map.
function whatIfLimits(atlas, found) {
  var words = atlas.words.what_if, fold = element("details"), list = element("ul");
  found.caveats.forEach(function (text) { list.append(element("li", "", text)); });
  fold.append(element("summary", "", filled(words.limits, { n: numeral(atlas, found.caveats.length) })), list);
  return fold;
}
