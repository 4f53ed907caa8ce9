// Draws in CSS pixels on a chart's canvas, with the page's colours: what uPlot does not know of.
export class Brush {
  constructor(context, ratio, colours) {
    this.context = context;
    this.colours = colours;
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  done() {
    this.context.restore();
  }

  box(x, y, width, height, fill, opacity = 1) {
    const { context } = this;
    context.globalAlpha = opacity;
    context.fillStyle = this.colours[fill];
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
  }

  line(points, stroke, { width = 1, dash = [], opacity = 1 } = {}) {
    const { context } = this;
    context.globalAlpha = opacity;
    context.strokeStyle = this.colours[stroke];
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    points.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  shape(points, fill, opacity = 1) {
    const { context } = this;
    context.globalAlpha = opacity;
    context.fillStyle = this.colours[fill];
    context.beginPath();
    points.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fill();
    context.globalAlpha = 1;
  }

  dot(x, y, radius, fill, stroke, width = 1.25) {
    const { context } = this;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = this.colours[fill];
    context.fill();
    if (!stroke) return;
    context.strokeStyle = this.colours[stroke];
    context.lineWidth = width;
    context.stroke();
  }

  text(words, x, y, { fill = "ink-3", size = 11, weight = 400, align = "left", halo = false } = {}) {
    const { context } = this;
    context.font = `${weight} ${size}px ${this.colours.family}`;
    context.textAlign = align;
    context.textBaseline = "alphabetic";
    if (halo) {
      context.strokeStyle = this.colours.surface;
      context.lineWidth = 3;
      context.lineJoin = "round";
      context.strokeText(words, x, y);
    }
    context.fillStyle = this.colours[fill];
    context.fillText(words, x, y);
  }

  width(words, size = 11, weight = 400) {
    this.context.font = `${weight} ${size}px ${this.colours.family}`;
    return this.context.measureText(words).width;
  }

  // Silence is hatched at 45 degrees, never drawn as calm.
  hatch(x, y, width, height) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.beginPath();
    for (let at = x - height; at < x + width; at += 7) {
      context.moveTo(at, y + height);
      context.lineTo(at + height, y);
    }
    context.globalAlpha = 0.45;
    context.strokeStyle = this.colours["ink-3"];
    context.lineWidth = 1.3;
    context.stroke();
    context.restore();
  }

  // The black taper beside a scale, thick at its alarming end.
  wedge(x, top, bottom, alarming) {
    const [thick, thin] = alarming === "high" ? [top, bottom] : [bottom, top];
    this.shape([[x, thin], [x, thick], [x + 7, thick], [x + 0.8, thin]], "ink");
  }

  flag(x, y, bottom, isLeftward) {
    const way = isLeftward ? -1 : 1;
    this.line([[x, y + 12], [x, bottom]], "ink-3", { dash: [1, 2] });
    this.shape([[x, y], [x + 7 * way, y], [x + 4.8 * way, y + 3], [x + 7 * way, y + 6], [x, y + 6]], "ink");
  }
}

// Places flags from the newest to the oldest on up to three rows: no label over another, no line through one.
export function placeFlags(flags, x, width, right) {
  const placed = [];
  const isFree = (spot) =>
    placed.every((other) => {
      if (spot.row === other.row) return spot.left - 8 >= other.right || other.left - 8 >= spot.right;
      const [upper, lower] = spot.row < other.row ? [spot, other] : [other, spot];
      return upper.x <= lower.left - 3 || upper.x >= lower.right;
    });
  for (const [at, label] of [...flags].sort((one, other) => other[0] - one[0])) {
    const pole = x(at);
    const length = 10 + width(label);
    for (const isLeftward of [false, true]) {
      const [left, end] = isLeftward ? [pole - length, pole] : [pole, pole + length];
      if (left < 0 || end > right) continue;
      const spot = [0, 1, 2].map((row) => ({ x: pole, row, label, left, right: end, isLeftward })).find(isFree);
      if (!spot) continue;
      placed.push(spot);
      break;
    }
  }
  return placed;
}
