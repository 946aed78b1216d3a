// Explains terms where they are read, and opens what is folded for a link and for paper.
"use strict";
const meanings = new Map([...document.querySelectorAll(".terms dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
const anyTerm = new RegExp(`(?<![\\w-])(${[...meanings.keys()].join("|")})(?![\\w-])`, "i");

function explained(term) {
  const hide = () => { reading.hidden = true; };
  const show = () => {
    const heading = document.createElement("b");
    heading.textContent = term;
    reading.replaceChildren(heading, `: ${meanings.get(term.toLowerCase())}`);
    reading.hidden = false;
    const place = button.getBoundingClientRect();
    const { width, height } = reading.getBoundingClientRect();
    reading.style.left = `${Math.max(4, Math.min(place.left, innerWidth - width - 4))}px`;
    reading.style.top = `${place.top > height + 8 ? place.top - height - 6 : place.bottom + 6}px`;
  };
  const button = pressable(term, "term", show);
  for (const event of ["pointerenter", "focus"]) button.addEventListener(event, show);
  for (const event of ["pointerleave", "blur"]) button.addEventListener(event, hide);
  button.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  return button;
}

for (const block of document.querySelectorAll("figcaption, main > p.soft, .topic > p.soft")) {
  const used = new Set();
  const texts = [...block.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
  while (texts.length) {
    const text = texts.shift();
    const found = anyTerm.exec(text.data);
    if (!found) continue;
    const rest = text.splitText(found.index);
    const after = rest.splitText(found[0].length);
    if (!used.has(found[0].toLowerCase())) rest.replaceWith(explained(found[0]));
    used.add(found[0].toLowerCase());
    texts.unshift(after);
  }
}

const openAround = (element) => {
  for (let fold = element?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
};
addEventListener("hashchange", () => openAround(document.getElementById(location.hash.slice(1))));
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details.topic:not([open])")];
  for (const fold of closed) fold.open = true;
});
addEventListener("afterprint", () => { for (const fold of closed) fold.open = false; });
