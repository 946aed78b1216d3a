// Reads values under the pointer or by keyboard, zooms into a rectangle, and saves figures as SVG.
"use strict";
const reading = document.createElement("div");
reading.className = "reading";
reading.setAttribute("role", "status");
reading.hidden = true;
document.body.append(reading);

function showReading(panel, stop) {
  const heading = document.createElement("b");
  heading.textContent = stop.heading;
  const lines = stop.lines.map(({ name, colour, value }) => {
    const line = document.createElement("div");
    const spot = document.createElement("i");
    spot.style.background = colour || "transparent";
    line.append(spot, name ? `${name} ${value}` : value);
    return line;
  });
  reading.replaceChildren(heading, ...lines);
  reading.hidden = false;
  const [x, y] = panel.shown(stop.x, stop.y ?? panel.top);
  const place = new DOMPoint(x, y).matrixTransform(panel.svg.getScreenCTM());
  const { width, height } = reading.getBoundingClientRect();
  const left = place.x + 14 + width > innerWidth ? place.x - 14 - width : place.x + 14;
  reading.style.left = `${Math.max(4, left)}px`;
  reading.style.top = `${Math.max(4, Math.min(place.y, innerHeight - height - 4))}px`;
  panel.line.setAttribute("x1", x);
  panel.line.setAttribute("x2", x);
  panel.line.style.display = stop.y === undefined ? "" : "none";
}

function hideReading(panel) {
  reading.hidden = true;
  panel.line.style.display = "none";
}

function added(panel, tag, name) {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", name);
  element.style.display = "none";
  panel.svg.append(element);
  return element;
}

// Half or twice as much of a panel, around a place.
function zoomBy(panel, factor, [x, y]) {
  const [x0, y0, x1, y1] = panel.window;
  const part = [x + (x0 - x) * factor, y + (y0 - y) * factor, x + (x1 - x) * factor, y + (y1 - y) * factor];
  panel.zoom([
    Math.max(part[0], panel.left), Math.max(part[1], panel.top),
    Math.min(part[2], panel.right), Math.min(part[3], panel.bottom),
  ]);
}

function readable(svg) {
  const panel = new Panel(svg);
  if (!panel.marks) return;
  panel.line = added(panel, "line", "crosshair");
  panel.line.setAttribute("y1", panel.top);
  panel.line.setAttribute("y2", panel.bottom);
  const frame = added(panel, "rect", "frame");
  let stops = [];
  let chosen = -1;
  let start = null;
  const at = (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [Math.min(Math.max(x, panel.left), panel.right), Math.min(Math.max(y, panel.top), panel.bottom)];
  };
  const visible = () => panel.stops().filter(({ x, y }) => {
    const [left, top] = panel.shown(x, y ?? panel.window[1]);
    return left >= panel.left - 1 && left <= panel.right + 1 && top >= panel.top - 1 && top <= panel.bottom + 1;
  });
  const read = (i) => {
    chosen = i;
    if (stops[i]) showReading(panel, stops[i]);
  };
  const readAt = ([x, y]) => {
    stops = visible();
    const far = stops.map((stop) => {
      const [left, top] = panel.shown(stop.x, stop.y ?? 0);
      return Math.hypot(left - x, stop.y === undefined ? 0 : top - y);
    });
    read(far.indexOf(Math.min(...far)));
  };
  const drag = ([x, y]) => {
    const sides = { x: Math.min(x, start[0]), y: Math.min(y, start[1]), width: Math.abs(x - start[0]), height: Math.abs(y - start[1]) };
    for (const [key, value] of Object.entries(sides)) frame.setAttribute(key, value);
    frame.style.display = "";
  };
  svg.addEventListener("pointermove", (event) => (start ? drag(at(event)) : readAt(at(event))));
  const play = () => stops[chosen]?.point && playPoint(stops[chosen].point);
  svg.addEventListener("click", (event) => {
    readAt(at(event));
    play();
  });
  svg.addEventListener("pointerleave", () => { if (!start) hideReading(panel); });
  svg.addEventListener("pointerdown", (event) => {
    if (!panel.zoomable || event.pointerType !== "mouse" || event.button) return;
    event.preventDefault();
    start = at(event);
    svg.setPointerCapture(event.pointerId);
    hideReading(panel);
  });
  svg.addEventListener("pointerup", (event) => {
    if (!start) return;
    const [end, begin] = [at(event), start];
    start = null;
    frame.style.display = "none";
    if (Math.abs(end[0] - begin[0]) < 8 || Math.abs(end[1] - begin[1]) < 8) return;
    const [[x0, y0], [x1, y1]] = [panel.whole(...begin), panel.whole(...end)];
    panel.zoom([Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)]);
  });
  svg.addEventListener("pointercancel", () => { start = null; frame.style.display = "none"; });
  svg.addEventListener("dblclick", () => panel.zoomable && panel.zoom());
  svg.addEventListener("blur", () => hideReading(panel));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      stops = visible();
      read(Math.min(Math.max(chosen + step, 0), stops.length - 1));
    } else if (panel.zoomable && (event.key === "+" || event.key === "-")) {
      const stop = stops[chosen];
      const middle = panel.whole((panel.left + panel.right) / 2, (panel.top + panel.bottom) / 2);
      zoomBy(panel, event.key === "+" ? 0.5 : 2, [stop ? stop.x : middle[0], middle[1]]);
    } else if (event.key === "Enter" && stops[chosen]?.point) {
      play();
    } else if (event.key === "0" || event.key === "Escape") {
      hideReading(panel);
      if (panel.zoomable) panel.zoom();
    } else {
      return;
    }
    event.preventDefault();
  });
  svg.setAttribute("tabindex", "0");
}

// The names of what is shown: below the panels, where matplotlib left room for them.
function legendOf(panels) {
  const [x, y, width, height] = panels.dataset.size.split(" ").map(Number);
  const shown = [...panels.parentElement.querySelectorAll(".legend [data-name]")].filter((one) => !mutedKeys.has(keyOf(one)));
  return shown.map((entry, i) => {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("transform", `translate(${x + 10 + (i % 4) * (width / 4)} ${y + height - 10 - 12 * Math.floor(i / 4)})`);
    const swatch = entry.querySelector(".swatch path").cloneNode();
    swatch.setAttribute("stroke-width", "2");
    const text = document.createElementNS(SVG, "text");
    for (const [key, value] of Object.entries({ x: 30, y: 7, "font-size": 9 })) text.setAttribute(key, value);
    text.textContent = entry.dataset.name;
    group.append(swatch, text);
    return group;
  });
}

// The panels have the coordinates of the whole figure, which they make up again.
function saveFigure(panels) {
  const whole = document.createElementNS(SVG, "svg");
  whole.setAttribute("viewBox", panels.dataset.size);
  whole.setAttribute("style", "color: black; background: white; font-family: sans-serif");
  const shared = panels.parentElement.querySelector(".shared");
  for (const svg of [shared, ...panels.querySelectorAll(".panel")]) {
    const group = document.createElementNS(SVG, "g");
    for (const child of svg.cloneNode(true).children) group.append(child.cloneNode(true));
    group.querySelectorAll(".crosshair, .frame, .muted").forEach((one) => one.remove());
    whole.append(group);
  }
  whole.append(...legendOf(panels));
  whole.querySelectorAll("*").forEach((one) => Object.keys(one.dataset).forEach((key) => delete one.dataset[key]));
  const link = document.createElement("a");
  const text = new XMLSerializer().serializeToString(whole);
  link.href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  link.download = `${panels.dataset.name}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

for (const svg of document.querySelectorAll("svg.panel")) readable(svg);
for (const panels of document.querySelectorAll(".panels")) {
  const save = pressable("SVG", "svg", "Save this figure as it is shown", () => saveFigure(panels));
  panels.parentElement.querySelector(".save").append(save);
}
