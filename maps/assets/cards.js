"use strict";
// The card of a community, a hazard or a place: plain text from the page's documents, laid out in the panel.

function titleOf(atlas, layer) {
  var feature = layer.feature;
  if (layer.kind === "hazards") return filled(feature.release ? atlas.words.released : atlas.words.hazard, feature);
  return feature.title;
}

function openCard(atlas, layer, moveFocus) {
  var box = document.getElementById("card");
  if (!layer.feature || layer.kind === "districts" || layer.kind === "routes") return;
  atlas.open = layer;
  if (moveFocus) rememberOpener(atlas, box);
  var heading = titled("h2", "", titleOf(atlas, layer)), close = element("button", "close", "×");
  heading.tabIndex = -1;
  close.type = "button";
  close.setAttribute("aria-label", atlas.words.close);
  close.onclick = function () { closeCard(atlas); };
  var fill = { communities: communityCard, hazards: hazardCard, places: placeCard }[layer.kind];
  box.replaceChildren(close, heading, ...fill(atlas, layer));
  box.hidden = false;
  box.scrollTop = 0;
  document.querySelector(".rest").scrollTop = 0;
  mark(atlas, layer);
  // On a phone the card lies over the lower half: the map comes up to where it is seen.
  if (window.matchMedia("(max-width: 760px)").matches) document.querySelector("main.map").scrollIntoView({ block: "start" });
  if (moveFocus) heading.focus({ preventScroll: true });
}

// A result of the search is hidden once it is chosen: the search stands for it.
function rememberOpener(atlas, box) {
  var opener = document.activeElement;
  if (box.contains(opener)) return;
  atlas.opener = opener.closest("#results") ? document.getElementById("search") : opener;
}

function closeCard(atlas) {
  var box = document.getElementById("card"), focused = document.activeElement;
  var isLost = !box.hidden && (box.contains(focused) || focused === document.body);
  box.hidden = true;
  atlas.open = null;
  if (atlas.marked) atlas.marked.remove();
  if (isLost) returnFocus(atlas);
}

// To where the card was opened from; to the map where that is no more, as a row of a table of another date.
function returnFocus(atlas) {
  var opener = atlas.opener;
  if (opener) opener.focus();
  if (document.activeElement !== opener || opener === document.body) atlas.map.getContainer().focus({ preventScroll: true });
}

// Whatever is being measured or searched is ended first.
function startClosing(atlas) {
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && atlas.open && !atlas.measuring) closeCard(atlas);
  });
}

// Another date or an answer that came: the same card again, without taking the focus.
function reopenCard(atlas) {
  if (!atlas.open) return;
  var layer = atlas.open;
  if (!layer.isShown()) layer = sameElsewhere(atlas, layer);
  if (layer) openCard(atlas, layer, false); else closeCard(atlas);
}

// A hazard is another outline on another date.
function sameElsewhere(atlas, layer) {
  var found = null;
  atlas.layers[layer.kind].eachLayer(function (other) {
    if (other.feature && other.feature.id === layer.feature.id && other.isShown() && !other.feature.release) found = other;
  });
  return found;
}

// What the card is of stands out on the map.
function mark(atlas, layer) {
  if (atlas.marked) atlas.marked.remove();
  var at = layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter();
  atlas.marked = L.circleMarker(at, { radius: 22, color: "#1c252b", weight: 2, dashArray: "3 3", fill: false, interactive: false });
  atlas.marked.addTo(atlas.map);
}

function communityCard(atlas, layer) {
  var feature = layer.feature, words = atlas.words, isLast = atlas.at === atlas.last, parts = [];
  var full = isLast ? feature.last : atlas.at === 0 ? feature.first : null;
  var people = feature.people === null ? words.no_people : filled(words.people, { n: numeral(atlas, feature.people) });
  var kicker = { id: feature.id, where: feature.where, people: people };
  parts.push(element("p", "kicker", filled(words.community[feature.where ? 1 : 0], kicker)));
  parts.push(onThisDate(atlas, stateWords(atlas, feature)));
  parts.push(element("p", "", full ? full.why : reachWords(atlas, feature)));
  if (isLast && feature.gain && atlas.last > 0) {
    parts.push(element("p", "", filled(words.since, { date: atlas.page.days[0], text: feature.gain })));
  }
  if (isLast && stateOf(atlas, feature) === "held_back") parts.push(whatFrees(atlas, feature));
  if (feature.walks && feature.walks.length) parts.push(walksTable(atlas, feature.walks));
  if (feature.unrecorded) parts.push(element("p", "small", feature.unrecorded));
  if (full) parts.push(factList(full.facts));
  if (atlas.page.served) parts.push(reachButton(atlas, feature), links(atlas, "held_back", itemOf("communities", feature.id)));
  return parts;
}

function onThisDate(atlas, text) {
  return element("p", "state", filled(atlas.words.on, { date: atlas.page.days[atlas.at], text: text }));
}

function reachWords(atlas, feature) {
  var words = atlas.words, known = [feature.reach_km2[atlas.at], feature.free_km2].map(function (km2) {
    return km2 === null ? "–" : km2.toLocaleString(atlas.page.language.intl, { useGrouping: false });
  });
  return filled(words.pair, { label: words.reach, value: filled(words.of, { a: known[0], b: known[1] }) });
}

// The classes of the legend that a community is in on this date: keys of `communities` and `changes` of the styles.
function classesOf(atlas, feature) {
  var state = stateOf(atlas, feature), change = changeOf(atlas, feature);
  if (change === "freed" && state === "neither") return [change];
  if (change === "freed" && state === "exposed") return [change, state];
  return change ? [state, change] : [state];
}

function stateWords(atlas, feature) {
  return classesOf(atlas, feature).map(function (name) {
    return (atlas.styles.communities[name] || atlas.styles.changes[name]).label;
  }).join(". ");
}

function hazardCard(atlas, layer) {
  var feature = layer.feature, words = atlas.words, card = atlas.cards[feature.id] || { facts: [], releases: [] };
  var look = atlas.styles.hazard_states[feature.state], parts = [];
  if (card.name) parts.push(element("p", "kicker", card.name));
  parts.push(onThisDate(atlas, look.label));
  if (look.is_open && atlas.at === atlas.last) {
    if (atlas.page.served) parts.push(whatIf(atlas, feature.id));
    parts.push(whatItGives(atlas, feature.id));
  }
  var facts = [[words.area, areaWords(atlas, feature.m2)]].concat(card.facts);
  card.releases.forEach(function (release) { facts.push([words.release, release]); });
  parts.push(factList(facts), element("p", "small", words.no_record));
  if (atlas.page.served) parts.push(links(atlas, "open_km2", hazardItem(atlas, feature)));
  return parts;
}

function placeCard(atlas, layer) {
  return [element("p", "kicker", atlas.styles.places[layer.feature.kind].label)];
}

function areaWords(atlas, m2) {
  var units = atlas.words.units;
  if (m2 < 10000) return filled(units[0], { n: numeral(atlas, m2) });
  if (m2 < 1e6) return filled(units[1], { n: numeral(atlas, m2 / 1e4, 1) });
  return filled(units[2], { n: numeral(atlas, m2 / 1e6, 2) });
}

// What a release would give is in the file, or is asked of the service once, and all cards have it.
function gainsOf(atlas) {
  var block = document.getElementById("layer-gains");
  if (!block && !atlas.page.gains) return Promise.resolve(null);
  atlas.gains_asked = atlas.gains_asked || loaded("gains", atlas.page.gains).then(function (found) {
    atlas.gains = { hazards: byName(found.hazards), communities: byName(found.communities) };
    return atlas.gains;
  });
  return atlas.gains_asked;
}

// Fills a box now or when the answer has come.
function whenGains(atlas, fill) {
  var box = element("div");
  if (atlas.gains) {
    fill(box, atlas.gains);
  } else if (atlas.page.gains || document.getElementById("layer-gains")) {
    box.append(element("p", "small", atlas.words.gains_wait));
    gainsOf(atlas).then(function (found) {
      box.replaceChildren();
      fill(box, found);
    }).catch(function (error) {
      box.replaceChildren(element("p", "small", atlas.words.what_if.failed));
      console.error(error);
    });
  }
  return box;
}

function whatItGives(atlas, id) {
  var isAnswered = atlas.page.served && whatIfAnswers[id];
  return whenGains(atlas, function (box, gains) {
    var gain = gains.hazards[id];
    if (gain && !isAnswered) box.append(element("p", "", gain.why));
    if (gain) box.append(factList(gain.facts));
  });
}

function whatFrees(atlas, feature) {
  return whenGains(atlas, function (box, gains) {
    var found = gains.communities[feature.id], words = atlas.words;
    if (!found) box.append(element("p", "", words.frees_nothing));
    else if (found.alone.length) box.append(element("p", "", filled(words.frees_alone, { ids: found.alone.map(isolated).join(words.comma) })));
    else box.append(element("p", "", filled(words.frees_together, { ids: found.together })));
  });
}

function factList(facts) {
  var list = element("dl");
  facts.forEach(function (fact) {
    list.append(element("dt", "", fact[0]), element("dd", "", fact[1]));
  });
  return list;
}

function walksTable(atlas, rows) {
  var table = element("table"), head = element("tr");
  var names = atlas.words.walks.concat([atlas.page.days[0], atlas.page.days[atlas.last]]);
  names.forEach(function (text) {
    var cell = element("th", "", text);
    cell.scope = "col";
    head.append(cell);
  });
  table.append(head);
  rows.forEach(function (cells) {
    var line = element("tr");
    cells.forEach(function (text, at) {
      var cell = element(at ? "td" : "th", "", text);
      if (!at) cell.scope = "row";
      line.append(cell);
    });
    table.append(line);
  });
  return table;
}

// Addresses of records under /ogc, without the day.
function itemOf(collection, id) {
  return "/ogc/collections/" + collection + "/items/" + encodeURIComponent(id) + "?datetime=";
}

function hazardItem(atlas, feature) {
  if (feature.state === "known_later") return itemOf("hazards_known_later", feature.id);
  // One that the record has closed was open on some day until then.
  if (feature.state !== "released") {
    return itemOf("hazards", feature.id) + (atlas.styles.hazard_states[feature.state].is_open ? "" : "../");
  }
  var ofHazard = "hazard_id = '" + feature.id.replaceAll("'", "''") + "'";
  return "/ogc/collections/released/items?filter=" + encodeURIComponent(ofHazard) + "&datetime=";
}

function links(atlas, number, item) {
  var day = atlas.page.dates[atlas.at], line = element("p", "small");
  var explained = element("a", "", atlas.words.more), data = element("a", "", atlas.words.record);
  explained.href = atlas.page.served.explain + "/" + number + "?on=" + day + "&step=" + atlas.page.served.step;
  data.href = item + day;
  line.append(explained, " · ", data);
  return line;
}
