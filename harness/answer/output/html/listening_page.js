// Asks the questions of the listening test one by one, keeps the answers in the browser, saves them.
"use strict";
const test = JSON.parse(document.getElementById("test").textContent);
const byId = (id) => document.getElementById(id);
const section = byId("question");
const playing = [...section.querySelectorAll("audio")];
const choices = [...section.querySelectorAll("[data-closer]")];
const kept = `ga-synth listening test ${test.comparison} ${test.key}`;
const known = choices.map((choice) => choice.dataset.closer);
const unasked = () => ({
  listener: [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  closer: test.questions.map(() => null),
});
const say = (text) => { byId("message").textContent = text; };

let state = unasked();
try {
  const before = JSON.parse(localStorage.getItem(kept));
  const fits = before && typeof before.listener === "string" && Array.isArray(before.closer);
  if (fits && before.closer.length === test.questions.length) {
    state = { listener: before.listener, closer: before.closer.map((one) => (known.includes(one) ? one : null)) };
  }
} catch { /* What cannot be read is answered again. */ }
const keep = () => {
  try {
    localStorage.setItem(kept, JSON.stringify(state));
  } catch {
    say("This browser keeps nothing: save the answers before you close the page.");
  }
};

let at = 0;
const answered = () => state.closer.filter((one) => one !== null).length;
const silence = () => {
  const together = section.querySelector("button.play");
  if (together.getAttribute("aria-pressed") === "true") together.click();
  for (const player of playing) player.pause();
};
const show = (question, focus) => {
  silence();
  at = question;
  const [target, a, b] = test.questions[at];
  byId("place").textContent = `Question ${at + 1} of ${test.questions.length}`;
  byId("target").textContent = target;
  [test.targets[target], test.sounds[a], test.sounds[b]].forEach((audio, i) => { playing[i].src = audio; });
  section.querySelector(".together input").checked = true;
  for (const choice of choices) {
    choice.setAttribute("aria-pressed", String(state.closer[at] === choice.dataset.closer));
  }
  byId("progress").value = answered();
  byId("back").disabled = at === 0;
  byId("next").disabled = at === test.questions.length - 1;
  if (focus) byId("place").focus();
};
const firstOpen = () => state.closer.indexOf(null);
const answer = (closer) => {
  state.closer[at] = closer;
  say("");
  keep();
  const after = state.closer.indexOf(null, at + 1);
  const open = after < 0 ? firstOpen() : after;
  show(open < 0 ? at : open, open >= 0);
  if (open < 0) {
    say("All questions are answered. Save the answers.");
    byId("save").focus();
  }
};

for (const choice of choices) choice.addEventListener("click", () => answer(choice.dataset.closer));
byId("back").addEventListener("click", () => show(at - 1, true));
byId("next").addEventListener("click", () => show(at + 1, true));
// Only while the question has the focus, so that no letter surprises anybody elsewhere.
section.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  const key = event.key.toLowerCase();
  const player = playing[["1", "2", "3"].indexOf(key)];
  const choice = choices[["a", "n", "b"].indexOf(key)];
  if (!player && !choice) return;
  event.preventDefault();
  if (choice) {
    choice.click();
  } else {
    silence();
    player.currentTime = 0;
    player.play();
  }
});
byId("save").addEventListener("click", () => {
  const answers = test.questions
    .map(([target, a, b], i) => ({ question: i + 1, target, a, b, closer: state.closer[i] }))
    .filter((one) => one.closer !== null);
  if (!answers.length) {
    say("No question is answered yet.");
    return;
  }
  const { comparison } = test;
  const content = JSON.stringify({ comparison, listener: state.listener, answers }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  link.download = `${comparison}-ratings.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(`Saved ${answers.length} of ${test.questions.length} answers as ${link.download}.`);
});
byId("restart").addEventListener("click", () => {
  if (answered() && !confirm("Forget the answers given in this browser?")) return;
  state = unasked();
  keep();
  show(0, true);
  say("Ready for the next listener.");
});
document.querySelector("main").hidden = false;
show(Math.max(firstOpen(), 0), false);
