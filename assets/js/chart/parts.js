// What every chart has around its lines: the axis of time, flags, the stepped band, names beside lines.
import { placeFlags } from "./brush.js";
import { placeAt } from "./columns.js";
import { ticks } from "./ticks.js";

export function axis(plot, brush) {
  const { left, right, bottom } = plot.frame;
  brush.line([[left, bottom], [right, bottom]], "ink-4");
  for (const { edge, x, label } of ticks(plot.view, right - left, plot.kind.words)) {
    brush.line([[left + edge, bottom], [left + edge, bottom + 4]], "ink-4");
    brush.text(label, left + x, bottom + 17, { align: "center" });
  }
}

// On a phone flags are numbers, with a list under the chart.
export function flagsAbove(plot, brush, flags) {
  const [start, end] = plot.view;
  const { bottom } = plot.frame;
  const inside = flags.filter(([at]) => at >= start && at <= end);
  if (plot.isPhone) {
    let last = { x: -Infinity, row: 1 };
    inside.forEach(([at], place) => {
      const x = plot.x(at);
      last = { x, row: x - last.x < 18 && last.row === 0 ? 1 : 0 };
      brush.line([[x, 20 + last.row * 15], [x, bottom]], "ink-3", { dash: [1, 2] });
      brush.dot(x, 16 + last.row * 15, 8, "ink");
      brush.text(`${place + 1}`, x, 20 + last.row * 15, { fill: "on-ink", size: 10, weight: 700, align: "center" });
    });
    return inside;
  }
  for (const each of placeFlags(inside, (at) => plot.x(at), (label) => brush.width(label, 12), plot.width)) {
    const y = 4 + each.row * 16;
    brush.flag(each.x, y, bottom, each.isLeftward);
    brush.text(each.label, each.x + (each.isLeftward ? -10 : 10), y + 8, { fill: "ink-2", size: 12, align: each.isLeftward ? "right" : "left" });
  }
  return inside;
}

export function flagList(plot, flags) {
  const key = plot.isPhone ? flags.map(([at]) => at).join() : "";
  if (plot.listed === key) return;
  plot.listed = key;
  plot.list.replaceChildren(
    ...(plot.isPhone ? flags : []).map(([, label, when], place) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("b"), { textContent: place + 1 }), ` ${label}, ${when}`);
      return item;
    }),
  );
}

// Flags within a finger's width of the cursor, with their date in words.
export function nearFlags(plot, flags, at) {
  return flags.filter(([when]) => Math.abs(plot.x(when) - plot.x(at)) < 5).map(([, label, when]) => `${label}, ${when}`);
}

// A stepped band between two lines; a gap where either is not known.
export function bandOf(plot, brush, at, low, high, until, { fill = "ink", opacity = 0.13 } = {}) {
  const { left, right } = plot.frame;
  const first = Math.max(placeAt(at, plot.view[0]), 0);
  let upper = [];
  let lower = [];
  const inside = (time) => Math.min(Math.max(plot.x(time), left), right);
  const flush = () => {
    if (upper.length) brush.shape([...upper, ...lower.reverse()], fill, opacity);
    [upper, lower] = [[], []];
  };
  for (let place = first; place < at.length && at[place] <= plot.view[1]; place += 1) {
    if (low[place] === null || high[place] === null) {
      flush();
      continue;
    }
    const [from, to] = [inside(at[place]), inside(at[place + 1] ?? until)];
    // Within half a pixel only what reaches further shows.
    if (upper.length && to - upper.at(-2)[0] < 0.5) {
      const [most, least] = [Math.min(upper.at(-1)[1], plot.y(high[place])), Math.max(lower.at(-1)[1], plot.y(low[place]))];
      upper.splice(-2, 2, [upper.at(-2)[0], most], [to, most]);
      lower.splice(-2, 2, [lower.at(-2)[0], least], [to, least]);
      continue;
    }
    upper.push([from, plot.y(high[place])], [to, plot.y(high[place])]);
    lower.push([from, plot.y(low[place])], [to, plot.y(low[place])]);
  }
  flush();
}

// Names a line once, over (or under) its flattest stretch and away from words that are there already.
export function besideLine(plot, brush, line, text, taken, { fill = "ink-3", weight = 400, isAbove, left, right }) {
  const { frame } = plot;
  const width = brush.width(text, 11, weight);
  const [first, last] = [(left ?? frame.left) + 8, Math.min(right ?? Infinity, frame.right - 70) - width];
  const time = (x) => plot.view[0] + ((x - frame.left) / (frame.right - frame.left)) * (plot.view[1] - plot.view[0]);
  const inside = (x) => {
    const [from, to] = [Math.max(placeAt(line.at, time(x)), 0), placeAt(line.at, time(x + width)) + 1];
    return { heat: line.heat.slice(from, to), high: line.high.slice(from, to), low: line.low.slice(from, to) };
  };
  let best = null;
  for (let step = 0; last > first && step <= 12; step += 1) {
    const x = first + ((last - first) * step) / 12;
    if (taken.some((other) => Math.abs(other - x) < 60)) continue;
    const { heat, high, low } = inside(x);
    if (!heat.length || heat.includes(null)) continue;
    const unrest = Math.max(...heat) - Math.min(...heat);
    if (!best || unrest < best.unrest) best = { x, unrest, high: Math.max(...heat, ...high), low: Math.min(...heat, ...low) };
  }
  if (!best) return;
  const y = isAbove ? plot.y(best.high) - 7 : plot.y(best.low) + 14;
  if (y < frame.top + 10 || y > frame.bottom - 4) return;
  taken.push(best.x);
  brush.text(text, best.x, y, { fill, weight, halo: true });
}
