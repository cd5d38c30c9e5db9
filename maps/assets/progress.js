"use strict";
// Tables that sort by any column, from the keyboard too; the whole stays last.
(function () {
  document.querySelectorAll("table[data-sorts]").forEach(function (table) {
    var body = table.tBodies[0];
    table.querySelectorAll("th button").forEach(function (button, column) {
      button.addEventListener("click", function () {
        var head = button.parentElement;
        var down = head.getAttribute("aria-sort") === "ascending";
        table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        Array.from(body.rows).sort(function (one, other) {
          var a = one.cells[column].dataset.value, b = other.cells[column].dataset.value;
          var less = isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
          return down ? -less : less;
        }).forEach(function (row) { body.appendChild(row); });
      });
    });
  });
})();

// How firm the headlines are takes as long as a dozen assessments: the page is there first, the counts come after.
(function () {
  var note = document.getElementById("firm-note"), ask = note && note.querySelector("a[href*='firm=yes']");
  if (!ask) return;
  var address = ask.getAttribute("href").split("#")[0];
  var again = document.createElement("a");
  again.href = ask.href;
  again.textContent = "Try again";

  function put(page) {
    ["tiles", "firm-note", "firm"].forEach(function (id) {
      document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    });
  }
  function count() {
    fetch(address).then(function (answer) {
      if (answer.ok) return answer.text();
      return answer.json().then(function (told) { throw new Error(told.error); });
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      if (page.querySelector("#firm table")) put(page);
      else setTimeout(count, 15000);
    }).catch(function (error) {
      note.textContent = "How firm these counts are could not be counted: " + error.message + " ";
      note.appendChild(again);
    });
  }
  note.textContent = "Counting how firm these are: their lowest and highest under other settings will stand beside them.";
  count();
})();
