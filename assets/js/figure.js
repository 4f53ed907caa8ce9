// A panel as a picture: its texts, washes, rules, drawings and canvases become one SVG, and that a PNG. Colours
// are those of the page as it looks now; what is there to be pressed is left out. Loaded once it is asked for.
const NS = "http://www.w3.org/2000/svg";
const SCALE = 2;
const MARGIN = 12;
// A letter and a line of what is written below a picture.
const LETTER = 5.6;
const LINE = 15;
const PAINT = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
  "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "letter-spacing", "vector-effect", "visibility",
];
const LEFT_OUT = "button, input, select, textarea, form, .js-only, .seg, .sr, .ch-tip, .ch-mark, details:not([open]) > :not(summary), .fold, [hidden]";
const made = (name, attributes) => {
  const part = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  return part;
};
const isClear = (colour) => /^rgba\(.*, 0\)$/.test(colour) || colour === "transparent";

// A drawing with all it takes from style sheets written into its attributes.
function plainSvg(svg) {
  const copy = svg.cloneNode(true);
  const inline = (from, to) => {
    const style = getComputedStyle(from);
    for (const name of PAINT) to.setAttribute(name, style.getPropertyValue(name));
    if (to.getAttribute("fill").includes("#hat")) to.setAttribute("fill", "url(#hat)");
    to.removeAttribute("class");
    [...from.children].forEach((child, place) => inline(child, to.children[place]));
  };
  inline(svg, copy);
  for (const use of copy.querySelectorAll("use")) {
    const symbol = document.querySelector(use.getAttribute("href"));
    if (!symbol) continue;
    const inner = made("svg", { viewBox: symbol.getAttribute("viewBox") });
    inner.append(...[...symbol.children].map((child) => child.cloneNode(true)));
    use.replaceWith(inner);
  }
  copy.setAttribute("color", getComputedStyle(svg).color);
  return copy;
}

function box(to, element, { left, top }) {
  const style = getComputedStyle(element);
  const rect = element.getBoundingClientRect();
  const [x, y, width, height] = [rect.left - left, rect.top - top, rect.width, rect.height];
  if (!isClear(style.backgroundColor)) to.append(made("rect", { x, y, width, height, rx: parseFloat(style.borderTopLeftRadius) || 0, fill: style.backgroundColor }));
  const sides = { Top: [x, y, width, 0], Bottom: [x, y + height, width, 0], Left: [x, y, 0, height], Right: [x + width, y, 0, height] };
  for (const [side, [fromX, fromY, across, down]] of Object.entries(sides)) {
    const thick = parseFloat(style[`border${side}Width`]);
    if (!thick || style[`border${side}Style`] === "none" || isClear(style[`border${side}Color`])) continue;
    to.append(made("line", { x1: fromX, y1: fromY, x2: fromX + across, y2: fromY + down, stroke: style[`border${side}Color`], "stroke-width": thick }));
  }
}

// Word by word, each where the browser put it: lines break in the picture as they do on the page.
function words(to, node, { left, top }, measure) {
  const style = getComputedStyle(node.parentElement);
  if (style.visibility === "hidden") return;
  measure.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measure.measureText("x");
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const rect = range.getBoundingClientRect();
    if (!rect.width) continue;
    const text = made("text", {
      x: rect.left - left, y: rect.top - top + (rect.height * up) / (up + down), fill: style.color, "font-family": style.fontFamily,
      "font-size": style.fontSize, "font-weight": style.fontWeight, "letter-spacing": style.letterSpacing,
      // Numerals of one width are no attribute: each word is made as wide as it is on the page.
      textLength: rect.width,
    });
    text.textContent = word;
    to.append(text);
  }
}

function walk(to, element, origin, measure) {
  if (element.matches(LEFT_OUT)) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return;
  const { left, top, width, height } = element.getBoundingClientRect();
  const place = { x: left - origin.left, y: top - origin.top, width, height };
  if (element instanceof SVGElement) {
    const copy = plainSvg(element);
    for (const [key, value] of Object.entries(place)) copy.setAttribute(key, value);
    if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    to.append(copy);
  } else if (element instanceof HTMLCanvasElement) {
    to.append(made("image", { ...place, href: element.toDataURL() }));
  } else {
    box(to, element, origin);
    for (const child of element.childNodes) {
      if (child instanceof Text) words(to, child, origin, measure);
      else if (child instanceof Element) walk(to, child, origin, measure);
    }
  }
}

// How it may be passed on, in lines below the picture.
function note(to, text, { wide, high }, style) {
  const most = Math.max(20, Math.floor((wide - 2 * MARGIN) / LETTER));
  const lines = text.match(new RegExp(`.{1,${most}}(?:\\s|$)`, "g")) ?? [];
  lines.forEach((line, place) => {
    const part = made("text", { x: MARGIN, y: high + place * LINE + 2, fill: style.color, "font-family": style.fontFamily, "font-size": 11 });
    part.textContent = line.trim();
    to.append(part);
  });
  return lines.length * LINE;
}

globalThis.figureImage = async function figureImage(panel, marking = "") {
  const { left, top, width, height } = panel.getBoundingClientRect();
  const wide = Math.ceil(width) + 2 * MARGIN;
  let high = Math.ceil(height) + 2 * MARGIN;
  const notes = made("g", {});
  high += note(notes, marking, { wide, high }, getComputedStyle(document.body));
  const svg = made("svg", { xmlns: NS, width: wide, height: high });
  const defs = svg.appendChild(made("defs", {}));
  const hatch = document.getElementById("hat");
  if (hatch) defs.append(plainSvg(hatch));
  svg.append(made("rect", { width: wide, height: high, fill: getComputedStyle(document.documentElement).backgroundColor }));
  svg.append(notes);
  walk(svg, panel, { left: left - MARGIN, top: top - MARGIN }, document.createElement("canvas").getContext("2d"));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: wide * SCALE, height: high * SCALE });
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};
