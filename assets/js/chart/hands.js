// Mouse, touch and keys of one chart. A scroll that passes over the chart stays a scroll: the wheel zooms only
// where the pointer was moved on the plot since, and gives the page its turn where there is nothing to zoom.
const STILL_MS = 250;
const FAR = 24;
let scrolledAt = -Infinity;
addEventListener("scroll", () => (scrolledAt = performance.now()), { passive: true, capture: true });

export function listen(plot) {
  const { over } = plot.uplot;
  const time = (event) => plot.uplot.posToVal(event.clientX - over.getBoundingClientRect().left, "x");
  wheel(plot, over, time);
  drag(plot, over, time);
  touch(plot, over, time);
  if (plot.kind.isMain && !plot.hasKeys) keys(plot);
}

function wheel(plot, over, time) {
  let isMeant = false;
  over.addEventListener("mousemove", () => (isMeant = performance.now() - scrolledAt > STILL_MS));
  over.addEventListener(
    "wheel",
    (event) => {
      const [start, end] = plot.view;
      const isAcross = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const [first, last] = plot.kind.extent;
      const isWhole = start <= first && end >= last && (isAcross || event.deltaY > 0);
      if (isWhole || !(isMeant || event.ctrlKey)) return;
      event.preventDefault();
      const by = (event.deltaX || event.deltaY) * (event.deltaMode ? 16 : 1);
      if (isAcross) plot.pan(by / 1000);
      else plot.zoom(Math.exp(Math.max(-1, Math.min(1, (event.deltaY * (event.deltaMode ? 16 : 1)) / 400))), time(event));
    },
    { passive: false },
  );
}

// With Shift a drag moves the time; without, uPlot marks what is zoomed to.
function drag(plot, over, time) {
  over.addEventListener("mousedown", (down) => {
    if (!down.shiftKey) return;
    down.preventDefault();
    const [held, [start, end]] = [time(down), plot.view];
    const scale = (end - start) / over.clientWidth;
    const move = (event) => {
      const by = held - (start + (event.clientX - over.getBoundingClientRect().left) * scale);
      plot.show([start + by, end + by]);
    };
    addEventListener("mousemove", move);
    addEventListener("mouseup", () => removeEventListener("mousemove", move), { once: true });
  });
}

// One finger moves the cursor, two zoom and move the time; a page is still scrolled up and down.
function touch(plot, over, time) {
  const fingers = new Map();
  let pinch = null;
  const grip = () => {
    const [one, two] = [...fingers.values()].map((each) => each.clientX - over.getBoundingClientRect().left);
    return [Math.min(one, two), Math.max(one, two, Math.min(one, two) + FAR)];
  };
  over.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) pinch = grip().map((left) => plot.uplot.posToVal(left, "x"));
    else plot.point(time(event));
  });
  over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event);
    if (fingers.size === 1) return plot.point(time(event));
    const [left, right] = grip();
    const scale = (pinch[1] - pinch[0]) / (right - left);
    const start = pinch[0] - left * scale;
    plot.show([start, start + over.clientWidth * scale]);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    over.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      pinch = null;
    });
  }
}

function keys(plot) {
  plot.hasKeys = true;
  const acts = {
    ArrowLeft: (event) => (event.shiftKey ? plot.pan(-0.25) : plot.step(-1)),
    ArrowRight: (event) => (event.shiftKey ? plot.pan(0.25) : plot.step(1)),
    PageUp: () => plot.step(-10),
    PageDown: () => plot.step(10),
    Home: () => plot.point(plot.view[0], { isSpoken: true }),
    End: () => plot.point(plot.view[1], { isSpoken: true }),
    "+": () => plot.zoom(0.6),
    "=": () => plot.zoom(0.6),
    "-": () => plot.zoom(1 / 0.6),
    _: () => plot.zoom(1 / 0.6),
    Escape: () => {
      plot.leave();
      plot.show(plot.kind.extent);
    },
  };
  plot.box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key](event);
  });
  plot.box.addEventListener("blur", () => plot.leave());
}
