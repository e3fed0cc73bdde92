(function () {
  "use strict";
  var form = document.getElementById("filter");
  var findings = Array.prototype.slice.call(document.querySelectorAll(".finding"));
  var shown = document.getElementById("shown");
  function wanted(name, value) {
    var boxes = form.querySelectorAll("input[name=" + name + "]");
    for (var i = 0; i < boxes.length; i++) { if (boxes[i].value === value) { return boxes[i].checked; } }
    return true;
  }
  function filter() {
    var count = 0;
    findings.forEach(function (one) {
      var data = one.dataset;
      var show = wanted("severity", data.severity) && wanted("layer", data.layer) && wanted("party", data.party);
      one.classList.toggle("hide", !show);
      if (show) { count += 1; }
    });
    document.querySelectorAll("article.message").forEach(function (message) {
      var all = message.querySelectorAll(".finding");
      message.classList.toggle("hide", all.length > 0 && message.querySelectorAll(".finding:not(.hide)").length === 0);
    });
    shown.textContent = count === findings.length ? count + " findings" : count + " of " + findings.length + " findings";
  }
  if (findings.length > 1) { form.hidden = false; form.addEventListener("change", filter); filter(); }
  // A link to a finding that is folded away opens what it is in.
  function open() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (var at = target; at; at = at.parentElement) { if (at.tagName === "DETAILS") { at.open = true; } }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  open();
  document.querySelectorAll("pre.patch").forEach(function (pre) {
    var button = document.createElement("button");
    button.type = "button"; button.className = "copy"; button.textContent = "Copy patch";
    button.addEventListener("click", function () {
      var done = function () { button.textContent = "Copied"; };
      var select = function () { var range = document.createRange(); range.selectNodeContents(pre); var s = getSelection(); s.removeAllRanges(); s.addRange(range); button.textContent = "Selected: copy it"; };
      if (navigator.clipboard) { navigator.clipboard.writeText(pre.textContent).then(done, select); } else { select(); }
    });
    pre.insertAdjacentElement("afterend", button);
  });
})();
