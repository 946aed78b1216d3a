// Mutes or isolates a contender in every figure and table at once.
"use strict";
const mutedKeys = new Set();
const keyOf = (element) => `${element.dataset.axis}\n${element.dataset.name}`;
const legendEntries = [...document.querySelectorAll(".legend [data-name]")];
const tableRows = [...document.querySelectorAll("tbody tr")].flatMap((row) => {
  const axis = row.closest("table").querySelector("thead th")?.textContent.trim().split(" ")[0];
  const name = row.querySelector("th")?.textContent.split(" × ")[0];
  return name ? [[row, `${axis}\n${name}`]] : [];
});

function showMuted() {
  for (const mark of document.querySelectorAll(".mark[data-name]")) {
    mark.classList.toggle("muted", mutedKeys.has(keyOf(mark)));
  }
  for (const [row, key] of tableRows) row.classList.toggle("muted", mutedKeys.has(key));
  for (const entry of legendEntries) {
    entry.querySelector(".key").setAttribute("aria-pressed", String(!mutedKeys.has(keyOf(entry))));
  }
  for (const all of document.querySelectorAll(".legend .all")) all.hidden = !mutedKeys.size;
}

function mute(key) {
  if (!mutedKeys.delete(key)) mutedKeys.add(key);
  showMuted();
}

function isolate(entry) {
  const same = legendEntries.filter((one) => one.dataset.axis === entry.dataset.axis).map(keyOf);
  const others = new Set(same.filter((key) => key !== keyOf(entry)));
  const alone = !mutedKeys.has(keyOf(entry)) && [...others].every((key) => mutedKeys.has(key));
  for (const key of same) mutedKeys.delete(key);
  if (!alone) for (const key of others) mutedKeys.add(key);
  showMuted();
}

function titled(text, name, what, act) {
  const button = pressable(text, name, act);
  button.title = what;
  return button;
}

for (const entry of legendEntries) {
  const { name } = entry.dataset;
  const key = titled("", "key", "Show or mute it in all figures and tables", () => mute(keyOf(entry)));
  key.append(...entry.childNodes);
  key.addEventListener("dblclick", () => isolate(entry));
  const only = titled("only", "only", "Mute all others", () => isolate(entry));
  only.setAttribute("aria-label", `Only ${name}`);
  entry.append(key, only);
}
for (const legend of document.querySelectorAll(".legend")) {
  if (!legend.querySelector("[data-name]")) continue;
  const item = document.createElement("li");
  item.append(titled("show all", "all", "Show all contenders again", () => { mutedKeys.clear(); showMuted(); }));
  legend.append(item);
}
showMuted();
