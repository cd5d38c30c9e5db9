"use strict";
// What the map shows, as tables that can be narrowed by name, id and class: for lists, and for those who do not see it.

// More at a time would keep a slow phone waiting with each letter that is typed. Paper has all of them.
var MOST_ROWS = 200;

var COLUMNS = {
  communities: {
    classes: classesOf,
    cells: function (atlas, feature) {
      return [stateWords(atlas, feature), feature.people === null ? "–" : numeral(atlas, feature.people)];
    },
  },
  hazards: {
    classes: function (atlas, feature) { return [feature.kind, feature.state]; },
    cells: function (atlas, feature) {
      return [atlas.styles.hazard_kinds[feature.kind].label, atlas.styles.hazard_states[feature.state].label];
    },
  },
};

function startTable(atlas) {
  var fold = document.getElementById("as-table");
  if (!fold) return;
  fold.addEventListener("toggle", function () { tabulate(atlas); });
  tables().forEach(function (box) {
    var input = box.querySelector("input");
    input.addEventListener("input", function () { fillTable(atlas, box); });
    input.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !input.value) return;
      input.value = "";
      fillTable(atlas, box);
      event.stopPropagation();
    });
    box.querySelector("select").addEventListener("change", function () { fillTable(atlas, box); });
  });
}

function tables() {
  return document.querySelectorAll("[data-table]");
}

// Once the reader has opened the fold, and anew for each date and layer that is switched.
function tabulate(atlas) {
  var fold = document.getElementById("as-table");
  if (fold && fold.open) tables().forEach(function (box) { fillTable(atlas, box); });
}

function fillTable(atlas, box) {
  var shown = rowsShown(atlas, box.dataset.table), classes = COLUMNS[box.dataset.table].classes;
  var asked = plainWords(box.querySelector("input").value.trim()), wanted = box.querySelector("select").value;
  var found = shown.filter(function (one) {
    return one.words.includes(asked) && (!wanted || classes(atlas, one.layer.feature).includes(wanted));
  });
  var counted = { n: numeral(atlas, found.length), m: numeral(atlas, shown.length) };
  box.querySelector("[role=status]").textContent = filled(atlas.words.rows, counted);
  box.querySelector("tbody").replaceChildren();
  addRows(atlas, box, found);
}

// By name, as the language sorts, and H2 before H10. An area and a line that is left of it are one hazard.
function rowsShown(atlas, name) {
  if (!atlas.sorted[name]) {
    var order = new Intl.Collator(atlas.page.language.code, { numeric: true });
    atlas.sorted[name] = named(atlas, name).map(function (one) {
      var feature = one.layer.feature, key = JSON.stringify([feature.id, feature.state, feature.release]);
      return Object.assign({ title: titleOf(atlas, one.layer), key: key }, one);
    }).sort(function (a, b) { return order.compare(a.title, b.title); });
  }
  var seen = new Set();
  return atlas.sorted[name].filter(function (one) {
    return one.layer.isShown() && !seen.has(one.key) && seen.add(one.key);
  });
}

// Thousands of rows are laid out when they are asked for, a few hundred at a time.
function addRows(atlas, box, rest) {
  var most = document.body.classList.contains("on-paper") ? rest.length : MOST_ROWS;
  var more = box.querySelector("button.ask"), left = rest.slice(most);
  var rows = rest.slice(0, most).map(function (one) { return tableRow(atlas, box.dataset.table, one); });
  box.querySelector("tbody").append(...rows);
  more.hidden = !left.length;
  var counted = { n: numeral(atlas, Math.min(MOST_ROWS, left.length)), m: numeral(atlas, left.length) };
  more.textContent = filled(atlas.words.more_rows, counted);
  more.onclick = function () {
    addRows(atlas, box, left).querySelector("button").focus();
  };
  return rows[0];
}

function tableRow(atlas, name, one) {
  var row = element("tr"), first = element("th"), button = titled("button", "link", one.title);
  first.scope = "row";
  button.type = "button";
  button.onclick = function () {
    lookAt(atlas, one.layer);
    openCard(atlas, one.layer, true);
  };
  first.append(button);
  // Communities may share a name; a hazard is called by its id.
  if (name === "communities") first.append(" ", titled("small", "", one.layer.feature.id));
  row.append(first);
  COLUMNS[name].cells(atlas, one.layer.feature).forEach(function (text) { row.append(element("td", "", text)); });
  return row;
}
