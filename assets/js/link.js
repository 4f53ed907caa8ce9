// The line to the desk: a stream while the page is in sight. When it breaks the page says so, asks by itself,
// and tries for the line again.
const TRIES = [1, 2, 5, 10, 20, 30];
const GRACE = 3000, ASK = 15000;

// One stream a tab: the name goes from page to page, and a tab that is doubled gets one of its own.
const TAB = "heatwatch-tab";
const tab = sessionStorage.getItem(TAB) ?? Math.random().toString(36).slice(2);
sessionStorage.removeItem(TAB);
window.addEventListener("pagehide", () => sessionStorage.setItem(TAB, tab));

export class Link {
  // `on` holds what to do: change, desk, told, state(name, since), ask (a promise, false if nothing answered).
  constructor(address, on) {
    Object.assign(this, { address, on, source: null, tries: 0, since: null, isEnded: false, isStopped: true });
    this.at = Number(document.body.dataset.drawn) || null;
    this.timers = {};
  }

  start() {
    if (this.isEnded || !this.isStopped) return;
    this.isStopped = false;
    this.connect();
  }

  stop() {
    this.isStopped = true;
    this.since = null;
    this.drop();
    for (const name of Object.keys(this.timers)) this.clear(name);
  }

  connect() {
    const url = new URL(this.address, location.href);
    url.searchParams.set("tab", tab);
    if (this.at) url.searchParams.set("since", this.at);
    this.source = new EventSource(url);
    const hear = (name, act) => this.source.addEventListener(name, (event) => act(JSON.parse(event.data || "{}")));
    hear("hello", (data) => this.heard(data));
    hear("beat", (data) => this.heard(data));
    hear("change", (data) => (this.heard(data), this.on.change()));
    hear("desk", (data) => (this.heard(data), this.on.desk()));
    hear("told", (data) => this.on.told(data));
    hear("ended", () => this.end());
    hear("leaving", () => this.lost());
    this.source.onerror = () => this.lost();
    this.watch(20);
  }

  heard({ at, seen, every }) {
    this.tries = 0;
    this.every = every ?? this.every ?? 15;
    this.watch(this.every * 2.5);
    if (!seen) return this.blind();
    if (at) this.at = at;
    if (this.since) this.on.ask();
    this.since = null;
    this.clear("ask", "grace");
    this.on.state("live");
  }

  // The web process lives but sees no database: what is shown may be old.
  blind() {
    this.since ??= new Date();
    this.on.state("deaf", this.since);
  }

  // Nothing was heard for too long: a line that is dead and does not say so.
  watch(seconds) {
    this.clear("watch");
    this.timers.watch = setTimeout(() => this.lost(), seconds * 1000);
  }

  lost() {
    if (this.isStopped || this.isEnded) return;
    this.drop();
    this.clear("watch", "again");
    const wait = TRIES[Math.min(this.tries++, TRIES.length - 1)] * (0.5 + Math.random());
    this.timers.again = setTimeout(() => this.connect(), wait * 1000);
    if (this.since) return;
    this.since = new Date();
    this.clear("grace");
    this.timers.grace = setTimeout(() => this.poll(), GRACE);
  }

  async poll() {
    const since = this.since;
    if (!since || this.isStopped) return;
    const isAnswered = await this.on.ask();
    if (this.since !== since || this.isStopped || this.isEnded) return;
    this.on.state(isAnswered ? "asking" : "deaf", since);
    this.timers.ask = setTimeout(() => this.poll(), ASK);
  }

  end() {
    this.stop();
    this.isEnded = true;
    this.on.state("ended");
  }

  drop() {
    this.source?.close();
    this.source = null;
  }

  clear(...names) {
    for (const name of names) clearTimeout(this.timers[name]);
  }
}
