// Numbers, dates and sentences as the rest of the page writes them: in the reader's language, times in UTC.
const DAY = 86400;

export class Words {
  constructor(words) {
    this.words = words;
  }

  say(name, values = {}) {
    return this.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  capital(name) {
    const text = this.say(name);
    return text[0].toUpperCase() + text.slice(1);
  }

  number(value, decimals = 0) {
    const [whole, rest] = Math.abs(value).toFixed(decimals).split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, this.words.thousands);
    const sign = value < 0 && Number(value.toFixed(decimals)) !== 0 ? "\u2212" : "";
    return `${sign}${grouped}${rest ? this.words.decimal + rest : ""}`;
  }

  plain(value, most = 6) {
    for (let decimals = 0; decimals < most; decimals += 1) {
      if (Math.abs(Number(value.toFixed(decimals)) - value) < 1e-9 * Math.max(1, Math.abs(value))) return this.number(value, decimals);
    }
    return this.number(value, most);
  }

  short(value) {
    for (const [size, name] of [[1e9, "billion"], [1e6, "million"], [1e3, "thousand"]]) {
      if (Math.abs(value) >= size) return this.say(name, { n: this.plain(Number((value / size).toFixed(1))) });
    }
    return this.plain(Number(value.toFixed(3)));
  }

  signed(value, decimals = 1) {
    const text = this.number(value, decimals);
    return Number(value.toFixed(decimals)) > 0 ? `+${text}` : text;
  }

  month(number) {
    return this.words.months[number];
  }

  day(at) {
    const date = new Date(at * 1000);
    return `${this.dayAndMonth(date)} ${date.getUTCFullYear()}`;
  }

  dayAndMonth(date) {
    const day = date.getUTCDate();
    return `${day === 1 ? this.words.first : day} ${this.month(date.getUTCMonth())}`;
  }

  moment(at) {
    return at % DAY ? `${this.day(at)} ${new Date(at * 1000).toISOString().slice(11, 16)} UTC` : this.day(at);
  }

  // A period's name, no more precise than the period.
  period(start, end) {
    const [first, last] = [new Date(start * 1000), new Date((end - 1) * 1000)];
    const next = new Date(end * 1000);
    const [year, until] = [first.getUTCFullYear(), last.getUTCFullYear()];
    const isMonth = first.getUTCDate() === 1 && next.getUTCDate() === 1 && !(start % DAY) && !(end % DAY);
    if (!isMonth) return this.day(end - 1);
    if (!first.getUTCMonth() && last.getUTCMonth() === 11) return year === until ? `${year}` : `${year}\u2013${until}`;
    const month = `${this.month(last.getUTCMonth())} ${until}`;
    return first.getUTCMonth() === last.getUTCMonth() && year === until ? month : `${this.month(first.getUTCMonth())}\u2013${month}`;
  }
}
