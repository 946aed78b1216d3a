// A panel of a figure: from places to values and back, zoom, and what can be read where.
"use strict";
const SVG = "http://www.w3.org/2000/svg";
const shortly = (value) => Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });

// Both ways between values and places along one axis; a logarithm is a straight line on it.
function scaleOf([low, high, kind], start, end) {
  const [into, back] = kind === "log" ? [Math.log, Math.exp] : [(v) => v, (v) => v];
  const [a, b] = [into(low), into(high)];
  return {
    placeOf: (value) => start + ((into(value) - a) / (b - a)) * (end - start),
    valueAt: (place) => back(a + ((place - start) / (end - start)) * (b - a)),
    logarithmic: kind === "log",
  };
}

// About five round values between two.
function roundValues(low, high, logarithmic) {
  if (logarithmic && high / low > 8) {
    const found = [];
    for (let ten = 10 ** Math.floor(Math.log10(low)); ten <= high; ten *= 10) {
      for (const of of [1, 2, 5]) if (of * ten >= low && of * ten <= high) found.push(of * ten);
    }
    return found;
  }
  const rough = (high - low) / 5;
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((of) => of * ten).find((one) => one >= rough);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high; i += 1) found.push(i * step);
  return found;
}

class Panel {
  constructor(svg) {
    this.svg = svg;
    [this.left, this.top, this.right, this.bottom] = JSON.parse(svg.dataset.plot);
    this.x = scaleOf(JSON.parse(svg.dataset.x), this.left, this.right);
    this.y = scaleOf(JSON.parse(svg.dataset.y), this.bottom, this.top);
    this.marks = svg.querySelector(".marks");
    this.lines = [...svg.querySelectorAll(".mark[data-points]")].map((mark) => ({
      mark, name: mark.dataset.name, values: JSON.parse(mark.dataset.points),
      colour: mark.querySelector("path").style.stroke,
    }));
    this.window = [this.left, this.top, this.right, this.bottom];
  }

  get zoomable() { return this.lines.length > 0; }

  // What can be read, in reading order: where it is, a heading, and lines of name, value, colour.
  stops() {
    return [...this.lineStops(), ...this.spotStops(), ...this.cellStops()];
  }

  lineStops() {
    const visible = this.lines.filter(({ mark }) => !mark.classList.contains("muted"));
    const at = [...new Set(visible.flatMap(({ values }) => values[0]))].filter((x) => x !== null);
    return at.sort((a, b) => a - b).map((x) => ({
      x: this.x.placeOf(x),
      heading: `${this.svg.dataset.xlabel || "x"} ${shortly(x)}`,
      lines: visible.flatMap(({ name, colour, values: [xs, ys, low, high] }) => {
        const i = xs.indexOf(x);
        if (i < 0 || ys[i] === null) return [];
        const known = low.length && low[i] !== null && high[i] !== null;
        const range = known ? ` [${shortly(low[i])}, ${shortly(high[i])}]` : "";
        return [{ name, colour, value: `${shortly(ys[i])}${range}` }];
      }),
    }));
  }

  spotStops() {
    const screen = this.svg.getScreenCTM().inverse();
    return [...this.svg.querySelectorAll(".mark[data-says]:not(.muted)")].map((mark) => {
      const box = mark.getBoundingClientRect();
      const { x, y } = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(screen);
      const { stroke, fill } = (mark.querySelector("use") ?? mark.querySelector("path")).style;
      const colour = stroke && stroke !== "none" ? stroke : fill;
      const { name, says, point } = mark.dataset;
      return { x, y, heading: name, point, lines: [{ name: "", colour, value: says }] };
    });
  }

  cellStops() {
    const mesh = this.svg.querySelector(".mark[data-cells]");
    if (!mesh) return [];
    const { rows, columns, values } = JSON.parse(mesh.dataset.cells);
    return rows.flatMap((row, i) => columns.map((column, j) => ({
      x: this.x.placeOf(j + 0.5),
      y: this.y.placeOf(i + 0.5),
      heading: `${row} × ${column}`,
      lines: [{ name: "", colour: "", value: values[i][j] === null ? "none" : shortly(values[i][j]) }],
    })));
  }

  // Where something of the whole panel is in what is shown of it, and back.
  shown(x, y) {
    const [x0, y0, x1, y1] = this.window;
    return [
      this.left + ((x - x0) / (x1 - x0)) * (this.right - this.left),
      this.top + ((y - y0) / (y1 - y0)) * (this.bottom - this.top),
    ];
  }

  whole(x, y) {
    const [x0, y0, x1, y1] = this.window;
    return [
      x0 + ((x - this.left) / (this.right - this.left)) * (x1 - x0),
      y0 + ((y - this.top) / (this.bottom - this.top)) * (y1 - y0),
    ];
  }

  // Show only a part, given in places of the whole panel; all of it without a part.
  zoom(part = [this.left, this.top, this.right, this.bottom]) {
    const [x0, y0, x1, y1] = this.window = part;
    const zoomed = x0 > this.left || y0 > this.top || x1 < this.right || y1 < this.bottom;
    const [sx, sy] = [(this.right - this.left) / (x1 - x0), (this.bottom - this.top) / (y1 - y0)];
    this.svg.classList.toggle("zoomed", zoomed);
    this.marks.setAttribute("transform", `matrix(${sx} 0 0 ${sy} ${this.left - sx * x0} ${this.top - sy * y0})`);
    this.svg.querySelector(".zoom-ticks")?.remove();
    if (zoomed) this.svg.append(this.ticks());
  }

  ticks() {
    const [x0, y0, x1, y1] = this.window;
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "zoom-ticks");
    const label = (text, x, y, anchor) => {
      const element = document.createElementNS(SVG, "text");
      element.textContent = text;
      for (const [key, value] of Object.entries({ x, y, "text-anchor": anchor })) element.setAttribute(key, value);
      group.append(element);
    };
    for (const v of roundValues(this.x.valueAt(x0), this.x.valueAt(x1), this.x.logarithmic)) {
      label(shortly(v), this.shown(this.x.placeOf(v), 0)[0], this.bottom + 12, "middle");
    }
    for (const v of roundValues(this.y.valueAt(y1), this.y.valueAt(y0), this.y.logarithmic)) {
      label(shortly(v), this.left - 5, this.shown(0, this.y.placeOf(v))[1] + 3, "end");
    }
    return group;
  }
}
