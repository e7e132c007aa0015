"use strict";
(function () {
  var events = Array.prototype.slice.call(document.querySelectorAll(".event"));
  var files = Array.prototype.slice.call(document.querySelectorAll(".file"));
  var tabs = Array.prototype.slice.call(document.querySelectorAll(".tabs button"));

  var still = matchMedia("(prefers-reduced-motion: reduce)");

  function open(file) {
    files.forEach(function (f) { f.hidden = f.id !== file; });
    tabs.forEach(function (tab) {
      var chosen = tab.dataset.file === file;
      tab.setAttribute("aria-selected", chosen ? "true" : "false");
      if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  }

  function light(id, others) {
    document.querySelectorAll(".row.chosen, .row.lit").forEach(function (row) {
      row.classList.remove("chosen", "lit");
    });
    document.querySelectorAll(".why").forEach(function (why) { why.remove(); });
    (others || "").split(" ").forEach(function (other) {
      var row = other && document.getElementById(other);
      if (row) row.classList.add("lit");
    });
    var row = document.getElementById(id);
    if (!row) return;
    open(row.closest(".file").id);
    row.classList.add("chosen");
    var pane = row.closest(".code");
    var way = Math.abs(row.getBoundingClientRect().top - pane.getBoundingClientRect().top);
    var near = way < 1.5 * pane.clientHeight && !still.matches;
    row.scrollIntoView({ block: "center", behavior: near ? "smooth" : "instant" });
  }

  function choose(event, focus) {
    events.forEach(function (e) {
      e.removeAttribute("aria-current");
      e.tabIndex = -1;
    });
    event.setAttribute("aria-current", "true");
    event.tabIndex = 0;
    if (focus) event.focus({ preventScroll: true });
    event.scrollIntoView({ block: "nearest" });
    light(event.dataset.line, event.dataset.lines);
    JSON.parse(event.dataset.why || "[]").forEach(function (pair) {
      var row = document.getElementById(pair[0]);
      if (!row) return;
      var why = document.createElement("span");
      why.className = "why";
      why.textContent = pair[1];
      row.classList.add("lit");
      row.appendChild(why);
    });
  }

  function current() {
    return events.findIndex(function (e) { return e.getAttribute("aria-current") === "true"; });
  }

  events.forEach(function (event) {
    event.addEventListener("click", function () { choose(event, true); });
  });
  document.querySelectorAll(".head, .goto").forEach(function (link) {
    link.addEventListener("click", function (e) {
      e.preventDefault();
      light(link.dataset.line);
    });
  });
  tabs.forEach(function (tab) {
    tab.addEventListener("click", function () { open(tab.dataset.file); });
  });
  document.querySelectorAll(".row.told").forEach(function (row) {
    row.addEventListener("click", function () {
      var found = events.find(function (e) {
        return e.dataset.line === row.id || (" " + e.dataset.lines + " ").indexOf(" " + row.id + " ") >= 0;
      });
      if (found) choose(found, true);
    });
  });

  document.addEventListener("keydown", function (e) {
    if (e.altKey || e.ctrlKey || e.metaKey || !events.length) return;
    // Who is in the source scrolls it.
    if (document.activeElement.closest(".code") && e.key !== "q") return;
    var last = events.length - 1;
    var asked = events.map(function (event, n) { return event.dataset.asked ? n : -1; })
      .filter(function (n) { return n >= 0; });
    var at = current();
    var to = {
      ArrowDown: Math.min(at + 1, last), j: Math.min(at + 1, last),
      ArrowUp: Math.max(at - 1, 0), k: Math.max(at - 1, 0),
      Home: 0, End: last,
      q: asked.find(function (n) { return n > at; })
    }[e.key];
    if (e.key === "q" && to === undefined) to = asked[0];
    if (to === undefined) return;
    e.preventDefault();
    choose(events[to], true);
  });

  var theme = document.querySelector(".theme");
  theme.addEventListener("click", function () {
    var dark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });

  if (events.length) choose(events.find(function (e) { return e.dataset.asked; }) || events[0], false);
  document.querySelector(".run").scrollTop = 0;
})();
