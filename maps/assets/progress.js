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
