// Plays one sound at a time, or all sounds of a group in sync with all but one muted.
"use strict";
for (const again of document.querySelectorAll("audio[data-same]")) {
  again.src = document.getElementById(again.dataset.same).src;
}
for (const group of document.querySelectorAll(".group")) {
  const players = [...group.querySelectorAll("audio")];
  const button = group.querySelector("button.play");
  const switches = [...group.querySelectorAll(".together input")];
  if (!button) continue;
  group.querySelector(".together").hidden = false;
  let together = false;
  const unmute = (chosen) => players.forEach((player, i) => { player.muted = together && i !== chosen; });
  const chosen = () => switches.findIndex((one) => one.checked);
  const playFromStart = () => players.forEach((player) => { player.currentTime = 0; player.play(); });
  const stop = () => {
    together = false;
    players.forEach((player) => { player.pause(); player.muted = false; });
    button.textContent = "Play together";
    button.setAttribute("aria-pressed", "false");
  };
  const start = () => {
    for (const other of document.querySelectorAll("audio")) other.pause();
    together = true;
    unmute(chosen());
    playFromStart();
    button.textContent = "Stop";
    button.setAttribute("aria-pressed", "true");
  };
  button.addEventListener("click", () => (together ? stop() : start()));
  switches.forEach((one, i) => one.addEventListener("change", () => unmute(i)));
  players.forEach((player, i) => {
    // Restart all at once: sounds that loop one by one would drift apart. Whichever ends last may
    // not be the chosen one, if that was chosen after its own end.
    player.addEventListener("ended", () => {
      if (together && (i === chosen() || players[chosen()].ended)) playFromStart();
    });
    player.addEventListener("play", () => {
      if (together) return;
      for (const other of document.querySelectorAll("audio")) if (other !== player) other.pause();
    });
  });
}
