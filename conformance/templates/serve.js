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
    unpack(Array.prototype.map.call(files, function (file) { return { file: file, name: file.webkitRelativePath || file.name }; }));
  }
  // A zip is opened here, where the browser can; else the server does it.
  function unpack(found) {
    Promise.all(found.map(function (one) {
      if (!/\.zip$/i.test(one.name) || typeof DecompressionStream === "undefined") { return [one]; }
      return unzip(one).catch(function () { say(one.name + " cannot be opened as a zip."); return [one]; });
    })).then(function (parts) { chosen = [].concat.apply([], parts); show(); });
  }
  function unzip(one) {
    return one.file.arrayBuffer().then(function (buffer) {
      var view = new DataView(buffer), end = buffer.byteLength - 22, text = new TextDecoder();
      while (view.getUint32(end, true) !== 0x06054b50) { end -= 1; }
      var at = view.getUint32(end + 16, true), entries = [];
      for (var left = view.getUint16(end + 10, true); left > 0; left -= 1) {
        var method = view.getUint16(at + 10, true), size = view.getUint32(at + 20, true), start = view.getUint32(at + 42, true);
        var length = view.getUint16(at + 28, true), name = text.decode(new Uint8Array(buffer, at + 46, length));
        start += 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
        if (!/\/$/.test(name) && !/^__MACOSX\//.test(name)) { entries.push({ name: name, method: method, bytes: new Blob([new Uint8Array(buffer, start, size)]) }); }
        at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
      }
      return Promise.all(entries.map(function (entry) {
        if (entry.method === 0) { return { file: entry.bytes, name: entry.name }; }
        return new Response(entry.bytes.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob().then(function (blob) { return { file: blob, name: entry.name }; });
      }));
    });
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
    Promise.all(entries.map(function (entry) { return walk(entry, found); })).then(function () { unpack(found); });
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
  function many(count, word) { return count + " " + word + (count === 1 ? "" : "s"); }
  function finished(report) {
    var words = { clean: "Clean", findings: report.errors + (report.errors === 1 ? " error" : " errors") + " to mend", not_evaluated: "Not everything could be judged" };
    by("done-title").textContent = words[report.verdict];
    by("counts").textContent = many(report.messages, "message") + " in " + many(report.flows, "flow") + "; " + many(report.warnings, "warning") + ", " + many(report.notes, "note") + (report.unread ? "; " + many(report.unread, "file") + " not readable" : "");
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
