// Tables that sort by a click on a heading, and that can be saved as CSV.
"use strict";
const numberOf = (text) => {
  if (text === "never") return Infinity;
  const found = text.replaceAll(",", "").replace("−", "-").match(/-?\d+(\.\d+)?(e[+-]?\d+)?/);
  return found ? parseFloat(found[0]) : NaN;
};
const inOrder = (a, b) => {
  const [one, other] = [numberOf(a), numberOf(b)];
  if (Number.isNaN(one) && Number.isNaN(other)) return a.localeCompare(b);
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) ? 1 : -1;
  return one === other ? 0 : one - other;
};
const cellsOf = (row) => [...row.cells].map((cell) => cell.innerText.trim());
const quoted = (text) => `"${text.replaceAll('"', '""').replace(/\s+/g, " ")}"`;
for (const scroll of document.querySelectorAll(".scroll")) {
  const table = scroll.querySelector("table");
  const [body] = table.tBodies;
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, i) => {
    const button = pressable("", "sort", () => {
      const up = heading.getAttribute("aria-sort") === "descending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const text = new Map([...body.rows].map((row) => [row, cellsOf(row)[i]]));
      const sorted = [...body.rows].sort((a, b) => inOrder(text.get(a), text.get(b)));
      body.append(...(up ? sorted : sorted.reverse()));
    });
    button.append(...heading.childNodes);
    heading.append(button);
  });
  scroll.after(pressable("Save as CSV", "save", () => {
    const lines = [...table.rows].map((row) => cellsOf(row).map(quoted).join(","));
    saveFile(`${scroll.dataset.name}.csv`, "text/csv", lines.join("\n"));
  }));
}
