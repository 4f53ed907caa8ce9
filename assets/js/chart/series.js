// The history of a series: a step a period, thresholds with their names, low and high, what is provisional,
// what is carried on, the forecast's fan, where the mean stepped, and the events of its subjects.
import { extremes, placeAt, summed } from "./columns.js";
import { axis, flagsAbove, nearFlags } from "./parts.js";
import { roundValues } from "./ticks.js";
import { Words } from "./words.js";

const FAR = 0.6;
const YEAR = 365 * 86400;

export class Series {
  isMain = true;

  // A phone has no room for flags above values of any size: the cursor names them.
  hasList = false;

  constructor(data) {
    Object.assign(this, data);
    this.words = new Words(data.words);
    this.states = new Map(data.states);
    const [start, end, value, low, high] = data.periods.map((each, place) => summed(each, place > 1 ? data.fine : 1));
    Object.assign(this, { from: start, until: end, value, low, high });
    this.known = summed(data.known);
    this.extent = [Math.min(data.start, data.end - YEAR), data.end];
    this.stops = [...new Set([...start, ...data.fan.map(([at]) => at)])].sort((one, other) => one - other);
  }

  label() {
    return `${this.words.say("plot", { name: this.name })}. ${this.words.say("keys")}`;
  }

  padding(isPhone, brush) {
    this.nameWidth = isPhone ? 0 : Math.max(0, ...this.edges.map(([name]) => brush.width(`${name} `)));
    const words = Math.max(24, ...this.edges.map(([, , value]) => brush.width(value, 11, 620)));
    return [isPhone ? 26 : 48, Math.ceil(this.nameWidth + words + 16), 24, isPhone ? 36 : 44];
  }

  // A step a period; where the next begins later than the last ends there is a gap.
  stairs(first, last) {
    const [times, values] = [[], []];
    for (let place = first; place < last; place += 1) {
      times.push(this.from[place]);
      values.push(this.value[place]);
      const next = place + 1 < last ? this.from[place + 1] : null;
      if (next !== null && next <= this.until[place]) continue;
      times.push(this.until[place]);
      values.push(this.value[place]);
      if (next === null) continue;
      times.push(this.until[place] + 1);
      values.push(null);
    }
    return [times, values];
  }

  lines() {
    const count = this.value.length;
    const middle = [[], []];
    for (const [start, , value] of this.fan) {
      middle[0].push(start);
      middle[1].push(value);
    }
    if (this.fan.length) {
      middle[0].push(this.fan.at(-1)[1]);
      middle[1].push(middle[1].at(-1));
    }
    return [
      { table: middle, token: "touch", width: 1.5, dash: [4, 3], isBare: true },
      { table: this.stairs(Math.max(this.settled - 1, 0), this.settled < count ? count : 0), token: "ink-2", width: 1.25 },
      { table: this.stairs(0, this.settled), token: "ink", width: 2 },
    ];
  }

  near([start, end]) {
    const [first, last] = [Math.max(placeAt(this.until, start), 0), placeAt(this.from, end) + 1];
    const fan = this.fan.filter(([from, until]) => until > start && from < end).flatMap(([, , , , , low, high]) => [low, high]);
    const [low, high] = extremes([...this.value.slice(first, last), ...this.low.slice(first, last), ...this.high.slice(first, last), ...fan]);
    return low > high ? [0, 1] : [low, high];
  }

  // Thresholds within reach are drawn; what is never negative stands on its zero.
  range(view) {
    let [low, high] = this.near(view);
    const room = (high - low || Math.abs(high) || 1) * FAR;
    this.shown = this.edges.filter(([, value]) => value >= low - room && value <= high + room);
    [low, high] = extremes([low, high, ...this.shown.map(([, value]) => value)]);
    const air = (high - low || Math.abs(high) || 1) * 0.06;
    return [low >= 0 && low < high - low ? 0 : low - air, high + air];
  }

  text(value) {
    return this.states.get(value) ?? this.words.number(value, this.decimals);
  }

  under(plot, brush) {
    const { left, right, top, bottom } = plot.frame;
    const { min, max } = plot.uplot.scales.y;
    const states = [...this.states.keys()].filter((value) => value >= min && value <= max);
    for (const value of states.length ? states : roundValues(min, max)) {
      brush.line([[left, plot.y(value)], [right, plot.y(value)]], "ink-4", { opacity: 0.28 });
      if (states.length) brush.text(this.states.get(value), left + 4, plot.y(value) - 4, { halo: true });
      else brush.text(max >= 1000 ? this.words.short(value) : this.words.plain(Number(value.toFixed(3))), left - 6, plot.y(value) + 3.8, { align: "right" });
    }
    axis(plot, brush);
    if (!plot.isPhone) flagsAbove(plot, brush, this.flags);
    this.thresholds(plot, brush);
    const box = (start, end, low, high, fill, opacity) => {
      const [from, to] = [start, end].map((at) => Math.min(Math.max(plot.x(at), left), right));
      if (to > from) brush.box(from, plot.y(high), to - from, plot.y(low) - plot.y(high), fill, opacity);
    };
    this.low.forEach((low, place) => {
      if (low !== null && this.high[place] !== null) box(this.from[place], this.until[place], low, this.high[place], "ink", 0.13);
    });
    for (const [start, end, , narrow, upper, low, high] of this.fan) {
      box(start, end, low, high, "touch", 0.13);
      box(start, end, narrow, upper, "touch", 0.13);
    }
    for (const [at, label] of this.steps) {
      if (at <= plot.view[0] || at >= plot.view[1]) continue;
      brush.line([[plot.x(at), top], [plot.x(at), bottom]], "touch", { dash: [2, 2] });
      if (!plot.isPhone) brush.text(label, plot.x(at) + 4, top + 10, { fill: "touch", halo: true });
    }
  }

  thresholds(plot, brush) {
    const { left, right } = plot.frame;
    let last = Infinity;
    for (const [name, value, words] of [...this.shown].sort((one, other) => one[1] - other[1])) {
      const y = plot.y(value);
      brush.line([[left, y], [right, y]], "ink-4", { dash: [4, 3] });
      last = Math.min(y + 4, last - 13);
      if (!plot.isPhone) brush.text(name, right + 8, last);
      brush.text(words, right + (plot.isPhone ? 5 : 8 + this.nameWidth), last, { fill: "ink", weight: 620 });
    }
  }

  over(plot, brush) {
    const { left, right, top, bottom } = plot.frame;
    const place = this.value.length - 1;
    if (place < 0) brush.text(this.words.say("empty"), (left + right) / 2, (top + bottom) / 2, { align: "center", size: 12, fill: "ink-2" });
    else this.last(plot, brush, place);
    if (this.fan.length && this.fan[0][0] > plot.view[0]) brush.line([[plot.x(this.fan[0][0]), top], [plot.x(this.fan[0][0]), bottom]], "ink-4", { opacity: 0.5 });
  }

  last(plot, brush, place) {
    const { left, right, top } = plot.frame;
    const [at, value] = [this.until[place], this.value[place]];
    const y = plot.y(value);
    if (at < this.as_of && this.as_of > plot.view[0]) {
      const [from, to] = [at, this.as_of].map((each) => Math.min(Math.max(plot.x(each), left), right));
      brush.line([[from, y], [to, y]], "ink-3", { dash: [3, 3] });
    }
    if (at < plot.view[0] || at > plot.view[1]) return;
    brush.dot(plot.x(at), y, 4, "ink", "surface", 1.5);
    brush.text(this.text(value), plot.x(at) - 8, y - 14 > top ? y - 9 : y + 18, { fill: "ink", size: 13, weight: 620, align: "right", halo: true });
  }

  told(plot, at) {
    const { words } = this;
    const flags = [...nearFlags(plot, this.flags, at), ...nearFlags(plot, this.steps, at).map((label) => words.say("step", { label }))];
    const ahead = this.fan.find(([start, end]) => at >= start && at < end);
    if (ahead && at >= this.as_of) {
      const [start, end, middle, , , low, high] = ahead;
      return { y: middle, lines: [this.text(middle), words.say("forecast", { period: words.period(start, end), low: this.text(low), high: this.text(high) }), ...flags] };
    }
    const place = placeAt(this.from, at);
    const isLast = place === this.value.length - 1;
    if (place < 0 || (at >= this.until[place] && !isLast) || at > this.as_of) return { y: null, lines: [words.say("nothing", { at: words.day(at) }), ...flags] };
    return { y: this.value[place], lines: [`${this.text(this.value[place])} ${this.states.size ? "" : this.unit}`.trim(), ...this.facts(place, at), ...flags] };
  }

  facts(place, at) {
    const { words } = this;
    const period = words.period(this.from[place], this.until[place]);
    const found = [words.say("of", { period, known: words.moment(this.known[place]) })];
    const grade = this.grades[this.grade[place]];
    const source = this.sources[this.source[place]];
    found.push([grade ? words.say("grade", { grade }) : words.say("ungraded"), source].filter(Boolean).join("; "));
    if (this.low[place] !== null && this.high[place] !== null) found.push(words.say("range", { low: this.text(this.low[place]), high: this.text(this.high[place]) }));
    const marks = [];
    if (place >= this.settled) marks.push(words.say("provisional"));
    if (this.reconstructed[place]) marks.push(words.say("then"));
    const revisions = this.revisions[place];
    if (revisions) marks.push(revisions === 1 ? words.say("once") : words.say("revised", { n: revisions }));
    const edge = this.reached(this.value[place]);
    if (edge) marks.push(words.say("reached", { name: edge[0], value: edge[2] }));
    if (at >= this.until[place]) marks.push(words.say("carried", { period }));
    return marks.length ? [...found, marks.join("; ")] : found;
  }

  // The worst threshold that a value has reached; edges come from calm to critical.
  reached(value) {
    if (this.edges.length < 2) return null;
    const isUp = this.edges.at(-1)[1] > this.edges[0][1];
    return this.edges.slice(1).findLast(([, edge]) => (isUp ? value >= edge : value <= edge)) ?? null;
  }

  says([start, end]) {
    const seen = this.value.slice(Math.max(placeAt(this.from, start), 0), placeAt(this.from, end) + 1);
    if (!seen.length) return this.label();
    const [lowest, highest] = extremes(seen);
    const told = { first: seen[0], last: seen.at(-1), lowest, highest };
    for (const name of Object.keys(told)) told[name] = this.text(told[name]);
    return `${this.words.say("plot", { name: this.name })}. ${this.words.say("says", { from: this.words.day(start), to: this.words.day(end), ...told })}. ${this.words.say("keys")}`;
  }

  rows([start, end]) {
    const iso = (at) => new Date(at * 1000).toISOString();
    const rows = [["period_start_utc", "period_end_utc", "value", "unit", "low", "high", "known_at_utc", "grade", "source", "revisions", "provisional", "reconstructed"]];
    this.value.forEach((value, place) => {
      if (this.from[place] > end || this.until[place] <= start) return;
      rows.push([
        iso(this.from[place]), iso(this.until[place]), value, this.unit, this.low[place], this.high[place], iso(this.known[place]),
        this.grades[this.grade[place]], this.sources[this.source[place]], this.revisions[place], Number(place >= this.settled), this.reconstructed[place],
      ]);
    });
    return rows;
  }
}
