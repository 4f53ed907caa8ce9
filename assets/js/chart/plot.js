// One chart: uPlot for scales, lines, zoom and canvas; what is around the lines is drawn with a brush, and the
// cursor answers mouse, touch and keys alike. `kind` says what is drawn and what is told of a moment.
import uPlot from "uplot";

import { Brush } from "./brush.js";
import { placeAt } from "./columns.js";
import { listen } from "./hands.js";
import { steppedPath } from "./path.js";

const SHORTEST = 2 * 86400;
const PHONE = 560;
const made = (name, parent, tag = "div") => {
  const part = parent.appendChild(document.createElement(tag));
  part.className = name;
  return part;
};

export class Plot {
  constructor(host, kind, { colours, view, onView }) {
    Object.assign(this, { host, kind, colours, onView, at: null });
    this.view = this.clamped(view);
    this.box = made("ch-plot", host);
    this.canvas = made("ch-canvas", this.box);
    this.tip = made("ch-tip", this.box);
    this.mark = made("ch-mark", this.box);
    this.tip.hidden = this.mark.hidden = true;
    if (kind.isMain) {
      Object.assign(this.box, { tabIndex: 0, role: "application", ariaLabel: kind.label() });
      this.box.setAttribute("aria-roledescription", "chart");
      this.said = made("sr", host, "p");
      this.said.setAttribute("aria-live", "polite");
    } else this.box.ariaHidden = "true";
    this.list = kind.hasList ? made("evl", host, "ol") : null;
    this.size();
  }

  // The chart takes the very place of the picture that the server drew.
  size() {
    const still = [...this.host.parentElement.querySelectorAll(":scope > .ch-still svg")].find((each) => each.clientWidth);
    if (!still) return;
    const { width, height } = still.getBoundingClientRect();
    if (this.width === width && this.height === height) return;
    Object.assign(this, { width, height, isPhone: width < PHONE });
    this.box.style.height = `${height}px`;
    this.build();
  }

  build() {
    this.uplot?.destroy();
    const { kind, isPhone } = this;
    const measure = document.createElement("canvas").getContext("2d");
    this.padding = kind.padding(isPhone, new Brush(measure, 1, this.colours));
    const [top, right, bottom, left] = this.padding;
    this.frame = { left, top, right: this.width - right, bottom: this.height - bottom };
    // A line lies on a halo of the ground; both are the same values, and one without any is left out.
    const drawn = kind.lines().filter(({ table: [at] }) => at.length).flatMap((line) => [
      ...(line.isBare ? [] : [{ ...line, token: "surface", alpha: 0.75, width: 4.5, dash: [] }]), line,
    ]);
    const series = drawn.map(({ token, width, dash, alpha = 1 }) => ({
      stroke: () => this.colours[token], width, dash, alpha, paths: steppedPath, points: { show: false },
    }));
    const data = drawn.length ? uPlot.join(drawn.map(({ table }) => table)) : [[...this.view]];
    this.uplot = new uPlot(
      {
        width: this.width, height: this.height, padding: this.padding, legend: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, auto: false, range: (_, low, high) => this.clamped([low, high]) },
          y: { range: () => kind.range(this.view, isPhone) },
        },
        series: [{}, ...series],
        cursor: {
          y: false, points: { show: false }, drag: { x: true, y: false, dist: 6, setScale: false },
          bind: { dblclick: () => () => this.show(kind.extent), mousedown: (_, __, handle) => (event) => (event.shiftKey ? null : handle(event)) },
        },
        hooks: {
          drawClear: [() => this.paint((brush) => kind.under(this, brush))],
          draw: [() => this.paint((brush) => kind.over(this, brush))],
          setSelect: [(u) => this.select(u)],
          setCursor: [(u) => this.moved(u)],
        },
      },
      data,
      this.canvas,
    );
    this.uplot.setScale("x", { min: this.view[0], max: this.view[1] });
    listen(this);
  }

  paint(draw) {
    const brush = new Brush(this.uplot.ctx, this.uplot.pxRatio ?? devicePixelRatio, this.colours);
    draw(brush);
    brush.done();
  }

  x(at) {
    const { left, right } = this.frame;
    const [start, end] = this.view;
    return left + ((at - start) / (end - start)) * (right - left);
  }

  y(value) {
    const { top, bottom } = this.frame;
    const { min, max } = this.uplot.scales.y;
    return bottom - ((value - min) / (max - min)) * (bottom - top);
  }

  clamped([low, high]) {
    const [first, last] = this.kind.extent;
    const span = Math.min(Math.max(high - low, SHORTEST), last - first);
    const start = Math.min(Math.max(low, first), last - span);
    return [start, start + span];
  }

  show(view, { isTold = true } = {}) {
    this.view = this.clamped(view);
    this.uplot.setScale("x", { min: this.view[0], max: this.view[1] });
    if (this.at !== null) queueMicrotask(() => this.point(this.at));
    if (isTold) this.onView(this.view);
  }

  zoom(factor, around = this.at ?? (this.view[0] + this.view[1]) / 2) {
    const [start, end] = this.view;
    this.show([around - (around - start) * factor, around + (end - around) * factor]);
  }

  pan(share) {
    const by = (this.view[1] - this.view[0]) * share;
    this.show([this.view[0] + by, this.view[1] + by]);
  }

  select(u) {
    if (u.select.width < 6) return;
    const [low, high] = [u.select.left, u.select.left + u.select.width].map((left) => u.posToVal(left, "x"));
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.show([low, high]);
  }

  // uPlot tells where the pointer is; keys and touch call `point` with the time.
  moved(u) {
    if (this.isPointing) return;
    if (u.cursor.left === null || u.cursor.left < 0) this.leave();
    else this.point(u.posToVal(u.cursor.left, "x"));
  }

  point(at, { isSpoken = false } = {}) {
    const [start, end] = this.view;
    this.at = Math.min(Math.max(at, start), end);
    this.isPointing = true;
    this.uplot.setCursor({ left: this.x(this.at) - this.frame.left, top: 10 });
    this.isPointing = false;
    // The end of what is shown is told as the moment before it.
    const told = this.kind.told?.(this, Math.min(this.at, end - 1));
    this.onPoint?.(this.at);
    this.tip.hidden = !told;
    this.mark.hidden = told?.y === null || told?.y === undefined;
    if (!told) return;
    this.tip.replaceChildren(...told.lines.map((line, place) => Object.assign(document.createElement(place ? "span" : "b"), { textContent: line })));
    this.put(this.tip, this.x(this.at), told.y);
    if (!this.mark.hidden) this.mark.style.transform = `translate(${this.x(this.at)}px, ${this.y(told.y)}px)`;
    if (isSpoken) this.said.textContent = told.lines.join(". ");
  }

  // Beside the cursor, on the side with more room, and off the line where that goes.
  put(tip, x, value) {
    const { left, right, top, bottom } = this.frame;
    const { offsetWidth: width, offsetHeight: height } = tip;
    const isLeft = x - left > right - x;
    const across = Math.min(Math.max(isLeft ? x - width - 12 : x + 12, 0), this.width - width);
    const isLow = value !== null && value !== undefined && this.y(value) < (top + bottom) / 2;
    tip.style.transform = `translate(${across}px, ${isLow ? bottom - height - 8 : top + 8}px)`;
  }

  leave() {
    this.at = null;
    this.tip.hidden = this.mark.hidden = true;
    this.onPoint?.(null);
  }

  // The next place at which the line says something else, or the ends of what is shown.
  step(by) {
    const { stops } = this.kind;
    const [start, end] = this.view;
    if (!stops.length) return;
    if (this.at === null) return this.point(by > 0 ? start : end, { isSpoken: true });
    const here = placeAt(stops, this.at);
    const isOn = stops[here] === this.at;
    const next = stops[Math.min(Math.max(by > 0 ? here + by : here + by + (isOn ? 0 : 1), 0), stops.length - 1)];
    if (next < start || next > end) this.show([next - (end - start) / 2, next + (end - start) / 2]);
    this.point(next, { isSpoken: true });
  }

  redraw(colours = this.colours) {
    this.colours = colours;
    this.uplot?.redraw(false);
  }
}
