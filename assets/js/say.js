// What scripts say, in the reader's language: base.html brings the templates (monitor/render/script_words.py).
const words = JSON.parse(document.body.dataset.words ?? "{}");
const plurals = new Intl.PluralRules(document.documentElement.lang);
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export const say = (name, values = {}) => fill(words[name], values);
export const sayMany = (name, n, values = {}) => fill(words[name][plurals.select(n) === "one" ? 0 : 1], { n, ...values });
