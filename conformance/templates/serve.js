(function () {
  "use strict";
  function by(id) { return document.getElementById(id); }
  var chosen = [];
  by("lead").remove();
  by("folder-label").hidden = false;
  function show() {
    var bytes = chosen.reduce(function (sum, one) { return sum + one.file.size; }, 0);
    by("chosen").textContent = chosen.length ? chosen.length + (chosen.length === 1 ? " file, " : " files, ") + (bytes / 1e6).toFixed(1) + " MB" : "";
  }
  function take(files) {
    chosen = Array.prototype.map.call(files, function (file) { return { file: file, name: file.webkitRelativePath || file.name }; });
    show();
  }
  by("files").addEventListener("change", function () { take(this.files); });
  by("folder").addEventListener("change", function () { take(this.files); });
  // A dropped folder is walked; its names keep their place in it.
  function walk(entry, into) {
    return new Promise(function (done) {
      if (entry.isFile) {
        entry.file(function (file) { into.push({ file: file, name: entry.fullPath.replace(/^\//, "") }); done(); }, done);
        return;
      }
      var reader = entry.createReader(), all = [];
      (function more() {
        reader.readEntries(function (some) {
          if (some.length) { all = all.concat(some); more(); return; }
          Promise.all(all.map(function (one) { return walk(one, into); })).then(done);
        }, done);
      })();
    });
  }
  var drop = by("drop");
  ["dragenter", "dragover"].forEach(function (name) { document.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); }); });
  ["dragleave", "drop"].forEach(function (name) { document.addEventListener(name, function (event) { event.preventDefault(); drop.classList.remove("over"); }); });
  document.addEventListener("drop", function (event) {
    var items = event.dataTransfer.items, found = [];
    var entries = Array.prototype.map.call(items || [], function (item) { return item.webkitGetAsEntry && item.webkitGetAsEntry(); }).filter(Boolean);
    if (!entries.length) { take(event.dataTransfer.files); return; }
    Promise.all(entries.map(function (entry) { return walk(entry, found); })).then(function () { chosen = found; show(); });
  });
  function say(text) { by("state").textContent = text; }
  by("form").addEventListener("submit", function (event) {
    event.preventDefault();
    if (!chosen.length) { say("Choose files first."); return; }
    var data = new FormData();
    var role = document.querySelector("input[name=role]:checked").value;
    if (role) { data.append("role", role); }
    chosen.forEach(function (one) { data.append("files", one.file, one.name); });
    var request = new XMLHttpRequest(), bar = by("bar");
    request.open("POST", "/v1/reports");
    bar.hidden = false; by("go").disabled = true; by("done").hidden = true; say("Sending…");
    request.upload.addEventListener("progress", function (event) { if (event.lengthComputable) { bar.value = 100 * event.loaded / event.total; } });
    request.upload.addEventListener("load", function () { bar.removeAttribute("value"); say("Checking…"); });
    function end(text) { bar.hidden = true; bar.value = 0; by("go").disabled = false; say(text); }
    request.addEventListener("error", function () { end("The server does not answer."); });
    request.addEventListener("load", function () {
      var answer = {};
      try { answer = JSON.parse(request.responseText); } catch (error) { answer.detail = "The server answered " + request.status + "."; }
      if (request.status !== 201) { end(answer.detail || "It did not work."); return; }
      end("");
      finished(answer);
    });
    request.send(data);
  });
  function finished(report) {
    var words = { clean: "Clean", findings: report.errors + (report.errors === 1 ? " error" : " errors") + " to mend", not_evaluated: "Not everything could be judged" };
    by("done-title").textContent = words[report.verdict];
    by("counts").textContent = report.messages + " messages in " + report.flows + " flows; " + report.warnings + " warnings, " + report.notes + " notes" + (report.unread ? "; " + report.unread + " files not readable" : "");
    by("open").href = report.links.page;
    by("link").value = location.origin + report.links.page;
    var formats = by("formats");
    formats.textContent = "";
    ["json", "junit", "sarif", "markdown", "text"].forEach(function (name) {
      var link = document.createElement("a");
      link.href = report.links[name]; link.textContent = name;
      if (formats.childNodes.length) { formats.append(", "); }
      formats.append(link);
    });
    by("remove").onclick = function () {
      fetch("/v1/reports/" + report.id, { method: "DELETE" }).then(function (answer) {
        by("done-title").textContent = answer.ok ? "The report was removed" : "It could not be removed";
        by("open").removeAttribute("href");
      });
    };
    by("done").hidden = false; by("done").focus();
  }
  by("copy").addEventListener("click", function () {
    var button = this, link = by("link");
    link.select();
    if (navigator.clipboard) { navigator.clipboard.writeText(link.value).then(function () { button.textContent = "Copied"; }); }
  });
})();
