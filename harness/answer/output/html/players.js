// One sound at a time; and within a group all together from the same place, of which one is heard.
"use strict";
for (const group of document.querySelectorAll(".group")) {
  const players = [...group.querySelectorAll("audio")];
  const button = group.querySelector("button.play");
  const switches = [...group.querySelectorAll(".together input")];
  if (!button) continue;
  group.querySelector(".together").hidden = false;
  let together = false;
  const hear = (chosen) => players.forEach((player, i) => { player.muted = together && i !== chosen; });
  const chosen = () => switches.findIndex((one) => one.checked);
  const begin = () => players.forEach((player) => { player.currentTime = 0; player.play(); });
  const stop = () => {
    together = false;
    players.forEach((player) => { player.pause(); player.muted = false; });
    button.textContent = "Play together";
    button.setAttribute("aria-pressed", "false");
  };
  const start = () => {
    for (const other of document.querySelectorAll("audio")) other.pause();
    together = true;
    hear(chosen());
    begin();
    button.textContent = "Stop";
    button.setAttribute("aria-pressed", "true");
  };
  button.addEventListener("click", () => (together ? stop() : start()));
  switches.forEach((one, i) => one.addEventListener("change", () => hear(i)));
  players.forEach((player, i) => {
    // Again from the beginning, all at once: looped one by one they would drift apart, and in the
    // middle of a short FLAC file browsers cannot find their place.
    player.addEventListener("ended", () => { if (together && i === chosen()) begin(); });
    player.addEventListener("play", () => {
      if (together) return;
      for (const other of document.querySelectorAll("audio")) if (other !== player) other.pause();
    });
  });
}
