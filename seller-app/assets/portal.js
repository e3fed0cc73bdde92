// Comfort only: every page works without this. Live news, + and − of a shelf, the camera as a barcode reader.
"use strict";

const live = document.querySelector("[data-live]");
if (live) {
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(live.dataset.live, { cache: "no-store" });
      if (!answer.ok || (await answer.text()) === live.dataset.stamp) return;
    } catch { return; } // no network now: the next try may have it
    const busy = document.querySelector("details[open]") || document.querySelector("input:focus, select:focus");
    if (busy) document.getElementById("news").hidden = false;
    else location.reload();
  };
  setInterval(ask, 5000);
  document.addEventListener("visibilitychange", ask);
  // Minutes pass: what is left of the time is written by the server.
  setInterval(() => { if (!document.hidden && !document.querySelector("details[open]")) location.reload(); }, 60000);
}

for (const button of document.querySelectorAll("[data-step]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const field = button.form.elements.on_hand;
    field.value = Math.max(0, (Number(field.value) || 0) + Number(button.dataset.step));
  });
}

for (const button of document.querySelectorAll("[data-camera]")) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const view = button.form.querySelector("[data-camera-view]");
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); } catch { return; }
    button.hidden = true;
    view.hidden = false;
    view.srcObject = stream;
    await view.play();
    const reader = new BarcodeDetector();
    const look = async () => {
      const found = await reader.detect(view).catch(() => []);
      if (!found.length) return void requestAnimationFrame(look);
      stream.getTracks().forEach((track) => track.stop());
      button.form.elements.barcode.value = found[0].rawValue;
      button.form.requestSubmit();
    };
    look();
  });
}
