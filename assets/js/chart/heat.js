// The heat line: level bands with their names and the wedge, flags, blind stretches, uncertainty, the lines as
// published, reconstructed and restated, levels entered, the last value, and the span of the ledger beside it.
import { extremes, held, placeAt, summed } from "./columns.js";
import { axis, bandOf, besideLine, flagList, flagsAbove, nearFlags } from "./parts.js";
import { Words } from "./words.js";

const HUNDREDTH = 100;
const YEAR = 365 * 86400;

const trace = (columns) => {
  if (!columns) return null;
  const [at, ...rest] = columns;
  const [heat, low, high] = rest.map((each) => summed(each, HUNDREDTH));
  return { at: summed(at), heat, low, high };
};

export class Heat {
  isMain = true;

  hasList = true;

  constructor({ lines, ...data }, { span }) {
    Object.assign(this, data, { span });
    this.words = new Words(data.words);
    this.extent = [Math.min(data.start, data.end - YEAR), data.end];
    const { published, reconstructed, restated } = lines;
    this.published = trace(published);
    this.restated = trace(restated);
    const [old, from] = [trace(reconstructed), this.published.at[0] ?? Infinity];
    const keep = placeAt(old.at, from - 1) + 1;
    for (const name of ["at", "heat", "low", "high"]) old[name] = old[name].slice(0, keep);
    this.old = old;
    this.line = {};
    for (const name of ["at", "heat", "low", "high"]) this.line[name] = [...old[name], ...this.published[name]];
    this.from = Math.min(from, data.end);
    const [at, coverage, confidence, level] = data.judged;
    this.judged = { at: summed(at), coverage: summed(coverage, HUNDREDTH), confidence: summed(confidence, HUNDREDTH), level };
    this.stops = this.line.at.filter((at) => at <= data.end);
  }

  label() {
    return `${this.words.say("plot", { name: this.name })}. ${this.words.say("keys")}`;
  }

  padding(isPhone, brush) {
    if (isPhone) return [40, 64, 22, 30];
    this.wordWidth = Math.max(...this.levels.map((level) => brush.width(level.name, 12, 680)));
    const concern = Math.max(...this.levels.map((level) => brush.width(level.concern)));
    return [60, Math.ceil(28 + this.wordWidth + concern), 24, 26];
  }

  lines() {
    const [old, now, again] = [
      [this.old, this.from], [this.published, this.end], [this.restated, this.end],
    ].map(([line, until]) => (line ? held(line.at, line.heat, until) : [[], []]));
    return [
      { table: old, token: "ink", width: 1.25, dash: [9, 4] },
      { table: again, token: "ink-3", width: 1.25, dash: [2, 3] },
      { table: now, token: "ink", width: 2 },
    ];
  }

  range() {
    return [this.low, this.high];
  }

  levelOf(heat) {
    return this.levels.find((level) => heat < level.high) ?? this.levels.at(-1);
  }

  // What was judged at a moment: the level that was in force, whatever edges the heat lies between.
  judgedAt(at, heat) {
    const place = placeAt(this.judged.at, at);
    const level = this.levels[this.judged.level[place]] ?? this.levelOf(heat);
    return { level, coverage: this.judged.coverage[place], confidence: this.judged.confidence[place] };
  }

  under(plot, brush) {
    const { left, right, top, bottom } = plot.frame;
    for (const level of this.levels) brush.box(left, plot.y(level.high), right - left, plot.y(level.low) - plot.y(level.high), `t${level.hue}-wash`);
    for (const [start, end] of this.blind) {
      const [from, until] = [start, end].map((at) => Math.min(Math.max(plot.x(at), left), right));
      if (until > from) brush.hatch(from, top, until - from, bottom - top);
    }
    for (const edge of [0, ...this.levels.map((level) => level.high)]) {
      brush.text(`${edge}`, left - 6, plot.y(edge) + 3.8, { align: "right" });
      if (edge > this.low && edge < this.high) brush.line([[left, plot.y(edge)], [right, plot.y(edge)]], "ink-4", { opacity: 0.28 });
    }
    axis(plot, brush);
    this.flagged = flagsAbove(plot, brush, this.flags);
    bandOf(plot, brush, this.line.at, this.line.low, this.line.high, this.end);
  }

  over(plot, brush) {
    const { left, right, top, bottom } = plot.frame;
    const [start, end] = plot.view;
    if (!plot.isPhone) this.nameLines(plot, brush);
    for (const [at, heat] of this.entered) if (at > start && at <= end) brush.dot(plot.x(at), plot.y(heat), 3.2, "surface", "ink");
    this.last(plot, brush);
    this.handles(plot, brush);
    brush.wedge(right + 5, top, bottom, this.alarming);
    const heat = this.line.heat.findLast((each) => each !== null);
    for (const level of this.levels) {
      const y = plot.y((level.low + level.high) / 2) + 4;
      const isHere = heat !== undefined && this.levelOf(heat) === level;
      brush.text(level.name, right + 17, y, { fill: `t${level.hue}-text`, size: 12, weight: isHere ? 680 : 520 });
      if (!plot.isPhone) brush.text(level.concern, right + 24 + this.wordWidth, y);
    }
    if (!this.line.at.length) brush.text(this.words.say("empty"), (left + right) / 2, (top + bottom) / 2, { align: "center", size: 12, fill: "ink-2" });
    flagList(plot, this.flagged);
  }

  nameLines(plot, brush) {
    const taken = [];
    const { left, right } = plot.frame;
    const from = Math.min(Math.max(plot.x(this.from), left), right);
    if (right - from > 120) besideLine(plot, brush, this.published, this.words.capital("published"), taken, { fill: "ink", weight: 620, isAbove: true, left: from });
    if (from - left > 140) besideLine(plot, brush, this.old, this.words.capital("reconstructed"), taken, { fill: "ink", isAbove: true, right: from });
    if (this.line.high.some((high, place) => high - this.line.low[place] > 3)) besideLine(plot, brush, this.line, this.words.say("band"), taken, { isAbove: false });
  }

  // The value beside the last known point, which is a dot in its hue.
  last(plot, brush) {
    const place = this.line.heat.findLastIndex((each) => each !== null);
    if (place < 0) return;
    const heat = this.line.heat[place];
    const at = this.line.at[place + 1] ?? this.end;
    if (at < plot.view[0] || at > plot.view[1]) return;
    const { top, bottom } = plot.frame;
    const [x, y] = [plot.x(at), plot.y(heat)];
    brush.dot(x, y, 5, `t${this.levelOf(heat).hue}`, "surface", 1.5);
    const recent = this.line.heat.slice(Math.max(0, place - 11), place + 1).filter((each) => each !== null);
    const came = plot.y(recent.reduce((sum, each) => sum + each, 0) / recent.length);
    const isBelow = (came <= y && y + 24 < bottom) || y - 14 < top;
    brush.text(this.words.number(heat, 1), x - 10, isBelow ? y + 19 : y - 10, { fill: "ink", size: plot.isPhone ? 13 : 14, weight: 620, align: "right", halo: true });
  }

  handles(plot, brush) {
    if (!this.span) return;
    const { left, right, top, bottom } = plot.frame;
    const [start, end, label] = this.span;
    if (end < plot.view[0] || start > plot.view[1]) return;
    const [from, until] = [start, end].map((at) => Math.min(Math.max(plot.x(at), left), right));
    brush.box(from, top, until - from, 3, "touch");
    for (const [x, at] of [[from, start], [until, end]]) {
      if (at < plot.view[0] || at > plot.view[1]) continue;
      brush.line([[x, top], [x, bottom]], "touch", { width: 1.5 });
      brush.box(x - 4, top - 3, 8, 20, "touch");
    }
    if (label && until - from > brush.width(label) + 20) brush.text(label, (from + until) / 2, top + 17, { fill: "touch", weight: 620, align: "center", halo: true });
  }

  told(plot, at) {
    const { words } = this;
    const place = placeAt(this.line.at, at);
    const heat = place < 0 ? null : this.line.heat[place];
    const flags = nearFlags(plot, this.flags, at);
    if (heat === null) return { y: null, lines: [words.say("nothing", { at: words.day(at) }), ...flags] };
    const { level, coverage, confidence } = this.judgedAt(this.line.at[place], heat);
    const origin = this.line.at[place] < this.from || !this.published.at.length ? "reconstructed" : "published";
    const [low, high] = [this.line.low[place], this.line.high[place]];
    const lines = [
      `${words.number(heat, 1)} ${level.name}, ${level.concern}`,
      `${words.say("at", { at: words.moment(this.line.at[place]) })}; ${words.say(origin)}`,
    ];
    if (low !== null && high - low >= 0.1) lines.push(words.say("allow", { low: words.number(low, 1), high: words.number(high, 1) }));
    if (coverage !== undefined) lines.push(words.say("sure", { coverage: words.number(coverage * 100), confidence: words.number(confidence * 100) }));
    const again = this.restated && this.restated.heat[placeAt(this.restated.at, at)];
    if (again !== null && again !== undefined) lines.push(words.say("restated", { heat: words.number(again, 1) }));
    return { y: heat, lines: [...lines, ...flags] };
  }

  says([start, end]) {
    const seen = this.line.heat.slice(Math.max(placeAt(this.line.at, start), 0), placeAt(this.line.at, end) + 1).filter((heat) => heat !== null);
    const [lowest, highest] = extremes(seen);
    if (!seen.length) return this.label();
    const told = { first: seen[0], last: seen.at(-1), lowest, highest };
    for (const name of Object.keys(told)) told[name] = this.words.number(told[name], 1);
    return `${this.words.say("plot", { name: this.name })}. ${this.words.say("says", { from: this.words.day(start), to: this.words.day(end), ...told })}. ${this.words.say("keys")}`;
  }

  rows([start, end]) {
    const rows = [["at_utc", "heat", "low", "high", "level", "concern", "origin", "coverage", "confidence", "change_7d", "change_30d"]];
    const [moved, week, month] = (this.momentum ?? [[], [], []]).map((each, place) => summed(each, place ? HUNDREDTH : 1));
    let last = -1;
    this.line.at.forEach((at, place) => {
      while (last + 1 < moved.length && moved[last + 1] <= at) last += 1;
      if (at > end || (this.line.at[place + 1] ?? this.end) <= start) return;
      const heat = this.line.heat[place];
      const { level, coverage, confidence } = heat === null ? {} : this.judgedAt(at, heat);
      rows.push([
        new Date(at * 1000).toISOString(), heat, this.line.low[place], this.line.high[place], level?.name ?? "", level?.concern ?? "",
        at < this.from ? "reconstructed" : "published", coverage, confidence,
        week[last], month[last],
      ]);
    });
    return rows;
  }
}

// Momentum below the heat line, on the same axis of time: change over a month, and thin over a week.
export class Momentum {
  hasList = false;

  stops = [];

  constructor(heat) {
    this.heat = heat;
    this.extent = heat.extent;
    const [at, week, month] = heat.momentum.map((each, place) => summed(each, place ? HUNDREDTH : 1));
    Object.assign(this, { at, week, month });
  }

  padding(isPhone) {
    const [, right, , left] = this.heat.lastPadding ?? [0, 118, 0, 26];
    return [8, isPhone ? 64 : right, 8, isPhone ? 30 : left];
  }

  lines() {
    return [
      { table: held(this.at, this.week, this.heat.end), token: "ink-3", width: 1, isBare: true },
      { table: held(this.at, this.month, this.heat.end), token: "ink", width: 1.75, isBare: true },
    ];
  }

  range([start, end]) {
    const [from, until] = [Math.max(placeAt(this.at, start), 0), placeAt(this.at, end) + 1];
    const [low, high] = extremes([5, -5, ...this.week.slice(from, until), ...this.month.slice(from, until)]);
    const reach = Math.ceil(Math.max(-low, high) / 5) * 5;
    return [-reach, reach];
  }

  under(plot, brush) {
    const { left, right } = plot.frame;
    const { min, max } = plot.uplot.scales.y;
    for (const value of [min, 0, max]) brush.text(value ? this.heat.words.signed(value, 0) : "0", left - 6, plot.y(value) + 3.8, { align: "right" });
    brush.line([[left, plot.y(0)], [right, plot.y(0)]], "ink-4", { opacity: 0.28 });
  }

  over(plot, brush) {
    const last = this.month.at(-1);
    const isSeen = plot.view[1] >= this.heat.end && last !== null && last !== undefined;
    if (isSeen) brush.text(this.heat.words.signed(last), plot.frame.right + 6, plot.y(last) + 4, { fill: "ink", weight: 620 });
  }
}
