"use strict";
// A file cannot know of newer data, only of its own age.
(function () {
  function warnOfAge() {
    var body = document.body;
    var now = new Date();
    var today = [now.getFullYear(), String(now.getMonth() + 1).padStart(2, "0"), String(now.getDate()).padStart(2, "0")].join("-");
    var note = today > body.dataset.staleAfter ? "old" : today < body.dataset.dataDate ? "clock" : "";
    if (!note) return;
    document.getElementById(note).hidden = false;
    body.classList.add("stale");
  }
  warnOfAge();
  // A page may be left open past its day.
  setInterval(warnOfAge, 60000);
  document.addEventListener("visibilitychange", warnOfAge);
  window.addEventListener("beforeprint", warnOfAge);
})();
