// Charts that a reader zooms. The server draws each as a picture first; where this script runs the same chart
// takes its place, in its size. Data comes once a chart, and again when the page says that there is more.
import { palette, onTheme } from "./palette.js";
import { Plot } from "./plot.js";

const DAY = 86400;
const figures = new Map();

class Figure {
  constructor(root, Kind, Below) {
    Object.assign(this, { root, Kind, Below });
    this.main = root.querySelector("[data-chart-src]");
    this.observer = new ResizeObserver(() => this.plots?.forEach((plot) => plot.size()));
    for (const still of root.querySelectorAll(".ch-still")) this.observer.observe(still);
    root.addEventListener("click", (event) => this.clicked(event));
    new MutationObserver(() => this.changed()).observe(this.main, { attributeFilter: ["data-version", "data-chart-src", "data-span"] });
    this.load();
  }

  async load() {
    const { chartSrc, version } = this.main.dataset;
    this.version = version + chartSrc;
    const answer = await fetch(chartSrc, { headers: { Accept: "application/json" } }).catch(() => null);
    // A session that ended answers with another page: the picture of the server stays.
    if (!answer?.ok || !answer.headers.get("Content-Type").startsWith("application/json")) return;
    this.data = await answer.json();
    this.draw();
  }

  changed() {
    if (this.main.dataset.version + this.main.dataset.chartSrc !== this.version) this.load();
    else if (this.plots) {
      this.plots[0].kind.span = this.span;
      this.plots[0].redraw();
    }
  }

  get span() {
    const [start, label] = (this.main.dataset.span ?? "").split("|");
    return start ? [Number(start), this.data.end, label] : null;
  }

  // The view that the server drew, or the one chosen since.
  get chosen() {
    const link = this.root.querySelector("[data-days][aria-current]");
    const end = this.data.as_of ?? this.data.end;
    const days = Number(link?.dataset.days);
    return [days ? end - days * DAY : this.data.start, this.data.end];
  }

  draw() {
    performance.mark("chart-start");
    const kind = new this.Kind(this.data, { span: this.span });
    const view = this.view ?? this.chosen;
    this.served ??= this.chosen;
    for (const plot of this.plots ?? []) plot.uplot.destroy();
    const colours = palette(this.main);
    this.plots = [];
    this.add(this.main, kind, { colours, view });
    const below = this.root.querySelector("[data-chart=momentum]");
    kind.lastPadding = this.plots[0].padding;
    if (below && this.data.momentum) this.add(below, new this.Below(kind), { colours, view });
    this.viewed(this.plots[0].view);
    requestAnimationFrame(() => performance.measure("chart", "chart-start"));
  }

  add(place, kind, { colours, view }) {
    const host = place.querySelector(".ch-live");
    host.replaceChildren();
    const plot = new Plot(host, kind, { colours, view, onView: (now) => this.viewed(now, plot) });
    plot.onPoint = (at) => this.pointed(at, plot);
    this.plots.push(plot);
  }

  pointed(at, from) {
    if (this.isPointing) return;
    this.isPointing = true;
    for (const plot of this.plots) {
      if (plot === from) continue;
      if (at === null) plot.uplot.setCursor({ left: -10, top: -10 });
      else plot.point(at);
    }
    this.isPointing = false;
  }

  viewed(view, from) {
    this.view = view;
    for (const plot of this.plots) if (plot !== from) plot.show(view, { isTold: false });
    const [main] = this.plots;
    main.box.ariaLabel = main.kind.says(view);
    const isServed = this.served.every((end, place) => Math.abs(end - view[place]) < DAY);
    for (const plot of this.plots) plot.box.classList.toggle("zoomed", !isServed);
    this.mark(view);
  }

  // The range that is shown is the one that is marked, if it is any.
  mark([start, end]) {
    const last = this.data.end;
    for (const link of this.root.querySelectorAll("[data-days]")) {
      const days = Number(link.dataset.days);
      const from = days ? (this.data.as_of ?? last) - days * DAY : this.data.start;
      const isShown = Math.abs(end - last) < DAY && Math.abs(start - this.plots[0].clamped([from, last])[0]) < DAY / 2;
      if (isShown) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  clicked(event) {
    const link = event.target.closest("[data-days]");
    const zoom = event.target.closest("[data-zoom]");
    if (!this.plots || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (zoom) this.plots[0].zoom(Number(zoom.dataset.zoom));
    if (!link) return;
    event.preventDefault();
    const days = Number(link.dataset.days);
    const last = this.data.end;
    this.plots[0].show([days ? (this.data.as_of ?? last) - days * DAY : this.data.start, last]);
    history.replaceState(history.state, "", link.href);
  }

  paint(scheme) {
    const colours = palette(this.main, scheme);
    for (const plot of this.plots ?? []) plot.redraw(colours);
  }

  rows() {
    return this.plots?.[0].kind.rows(this.view);
  }
}

// `Kind` is what the page's chart is, `Below` what is drawn below it on the same axis of time.
export function start(Kind, Below) {
  for (const main of document.querySelectorAll("[data-chart-src]")) {
    const root = main.closest("section");
    figures.set(root, new Figure(root, Kind, Below));
  }
}

const all = (act) => () => figures.forEach(act);
onTheme(all((figure) => figure.paint("")));
addEventListener("beforeprint", all((figure) => figure.paint("light")));
addEventListener("afterprint", all((figure) => figure.paint("")));
// Other scripts ask for what a chart shows: the rows of its table.
document.addEventListener("chart:rows", (event) => {
  event.detail.rows = figures.get(event.target.closest("section"))?.rows();
});
// The range of other links on the page follows the one chosen here.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href*='range=']:not([data-days])");
  const range = new URLSearchParams(location.search).get("range");
  if (!link || !range || link.pathname !== location.pathname) return;
  const address = new URL(link.href);
  address.searchParams.set("range", range);
  link.href = address;
}, true);
