"use strict";
// Asks the service what a community can reach and how far it is to a kind of place. Only the served map has this
// script. The pictures have no colour near hazards, whatever the date, and are no advice where to walk.

function reachButton(atlas, feature) {
  var box = element("div");
  if (atlas.ground && atlas.ground.id === feature.id && atlas.ground.at === atlas.at) {
    box.append(groundLegend(atlas, atlas.ground.found));
    return box;
  }
  var button = element("button", "ask", atlas.words.reach_ask);
  button.type = "button";
  button.onclick = function () {
    button.disabled = true;
    showGround(atlas, "reach/" + encodeURIComponent(feature.id), feature.id).catch(function (error) {
      box.replaceChildren(element("p", "", atlas.words.what_if.failed));
      console.error(error);
    });
  };
  box.append(button);
  return box;
}

// One picture at a time, under the hazards; another date needs another one.
function showGround(atlas, name, id) {
  var at = atlas.at, query = "?on=" + atlas.page.dates[at] + atlas.page.served.more;
  return fetch("/map/" + name + ".json" + query).then(function (answer) {
    if (!answer.ok) throw new Error("the ground was not served: " + answer.status);
    return answer.json();
  }).then(function (found) {
    if (at !== atlas.at) return;
    hideGround(atlas);
    atlas.ground = { id: id, at: at, found: found };
    atlas.ground.layer = L.imageOverlay(found.image, found.bounds, { opacity: 0.75, pane: "ground", className: "pixels" });
    atlas.ground.layer.addTo(atlas.map);
    reopenCard(atlas);
  });
}

function hideGround(atlas) {
  if (!atlas.ground) return;
  atlas.ground.layer.remove();
  atlas.ground = null;
}

function groundLegend(atlas, found) {
  var box = element("div", "ground-legend"), list = element("ul");
  found.classes.forEach(function (look) {
    var row = element("li"), swatch = element("span", "patch");
    swatch.style.backgroundColor = look.colour;
    row.append(swatch, look.label);
    list.append(row);
  });
  var end = element("button", "ask", atlas.words.reach_end);
  end.type = "button";
  end.onclick = function () {
    hideGround(atlas);
    reopenCard(atlas);
    startMinutes(atlas);
  };
  box.append(element("p", "", found.title), list, element("p", "small", found.note), end);
  return box;
}

// Minutes on foot to each kind of place, from the panel.
function startMinutes(atlas) {
  var box = document.getElementById("minutes");
  box.hidden = false;
  var choice = box.querySelector("select"), legend = box.querySelector("div");
  legend.replaceChildren();
  if (!atlas.ground) choice.value = "";
  choice.onchange = function () {
    hideGround(atlas);
    legend.replaceChildren();
    if (!choice.value) return;
    legend.append(element("p", "small", atlas.words.what_if.asking));
    showGround(atlas, "minutes/" + choice.value, choice.value).then(function () {
      if (atlas.ground && atlas.ground.id === choice.value) legend.replaceChildren(groundLegend(atlas, atlas.ground.found));
    }).catch(function (error) {
      legend.replaceChildren(element("p", "", atlas.words.what_if.failed));
      console.error(error);
    });
  };
}
