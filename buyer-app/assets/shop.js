// The shop works without this. With it: the order page follows what happens, and a form is sent once.
"use strict";

// Times are written in UTC; show them in the reader's own.
const localise = (part) => {
  for (const time of part.querySelectorAll("time[datetime]")) {
    time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }
};
localise(document);

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
}
// Coming back with the browser's arrow makes a sent form usable again.
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit(form.querySelector("button:not([name])")));
}

for (const live of document.querySelectorAll("[data-live]")) {
  let waiting = false;
  const refresh = async () => {
    // Someone who is filling in a form must not lose it.
    if (live.contains(document.activeElement) && live.querySelector("details[open]")) { waiting = true; return; }
    waiting = false;
    const answer = await fetch(live.dataset.part, { headers: { accept: "text/html" } }).catch(() => null);
    if (answer && answer.ok) { live.innerHTML = await answer.text(); localise(live); }
  };
  live.addEventListener("focusout", () => { if (waiting) setTimeout(refresh, 200); });
  const source = new EventSource(live.dataset.live);
  for (const kind of ["ack", "nack", "undelivered", "callback", "unsolicited", "refused", "refund"]) source.addEventListener(kind, refresh);
  addEventListener("pagehide", () => source.close());
}
