// Shuffles the sounds of each target, names them A, B, C, and saves the ranks that they are given.
"use strict";
const letter = (i) => (i < 26 ? "" : letter(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));
for (const group of document.querySelectorAll(".group")) {
  const place = group.querySelector(".players");
  const sounds = [...place.querySelectorAll(".rated")];
  for (let i = sounds.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [sounds[i], sounds[j]] = [sounds[j], sounds[i]];
  }
  sounds.forEach((sound, i) => {
    place.append(sound);
    sound.querySelectorAll(".letter").forEach((label) => { label.textContent = letter(i); });
    sound.querySelector("audio").setAttribute("aria-label", `${group.dataset.target}: ${letter(i)}`);
  });
  group.querySelectorAll(".together .letter").forEach((label, i) => { label.textContent = letter(i); });
}
document.getElementById("save").addEventListener("click", () => {
  const rated = [...document.querySelectorAll(".rated")]
    .map((sound) => ({
      target: sound.closest(".group").dataset.target,
      trial: sound.dataset.trial,
      rank: Number(sound.querySelector("select").value),
    }))
    .filter((one) => one.rank > 0);
  const message = document.getElementById("message");
  if (!rated.length) {
    message.textContent = "No sound has a rank yet.";
    return;
  }
  const comparison = document.body.dataset.comparison;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ comparison, rated }, null, 1)], { type: "application/json" }));
  link.download = `${comparison}-ratings.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  message.textContent = `Saved the ${rated.length === 1 ? "rank of 1 sound" : `ranks of ${rated.length} sounds`} as ${link.download}.`;
});
