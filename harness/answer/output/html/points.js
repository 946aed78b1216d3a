// Plays the sound of a point in a map, from its beginning, and marks the point.
"use strict";
function playPoint(name) {
  const player = [...document.querySelectorAll("audio[data-point]")].find((one) => one.dataset.point === name);
  if (!player) return;
  for (const other of document.querySelectorAll("audio")) other.pause();
  player.currentTime = 0;
  player.play();
  for (const mark of document.querySelectorAll(".mark[data-point]")) {
    mark.classList.toggle("playing", mark.dataset.point === name);
  }
}
