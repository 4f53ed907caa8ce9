// Labels of the axis of time: months centred in their span, single letters on a phone, years when they get
// too narrow; below two months weeks, below ten days days, below two days hours.
const DAY = 86400;
const utc = (year, month) => Date.UTC(year, month, 1) / 1000;

export function ticks([start, end], width, words) {
  const days = (end - start) / DAY;
  const x = (at) => ((Math.min(Math.max(at, start), end) - start) / (end - start)) * width;
  if (days <= 62) return points(start, end, days, x, width, words);
  const month = width / (days / 30.4);
  if (month < 52 / 3.2) return years(start, end, x);
  return months(start, end, x, month < 52 / 1.5, words);
}

function points(start, end, days, x, width, words) {
  const step = days <= 2 ? DAY / 4 : days <= 10 ? DAY : 7 * DAY;
  const found = [];
  const every = Math.max(1, Math.ceil(46 / ((step / (end - start)) * width)));
  let count = 0;
  for (let at = Math.ceil(start / step) * step; at < end; at += step, count += 1) {
    if (count % every || x(at) + 18 > width) continue;
    const isHour = at % DAY !== 0;
    const date = new Date(at * 1000);
    const label = isHour ? date.toISOString().slice(11, 16) : words.dayAndMonth(date);
    found.push({ edge: x(at), x: x(at) + 2, label });
  }
  return found;
}

function months(start, end, x, isLetter, words) {
  const found = [];
  const first = new Date(start * 1000);
  let [year, month] = [first.getUTCFullYear(), first.getUTCMonth()];
  for (let number = 0; utc(year, month) < end; number += 1, month += 1) {
    if (month === 12) [year, month] = [year + 1, 0];
    const [left, right] = [x(utc(year, month)), x(utc(year, month + 1))];
    if (right - left < (isLetter ? 9 : 26)) continue;
    const name = words.month(month);
    const hasYear = !isLetter && (month === 0 || (number === 0 && right - left > 58));
    found.push({ edge: left, x: (left + right) / 2, label: isLetter ? (month || right - left < 26 ? name[0].toUpperCase() : `${year}`) : hasYear ? `${name} ${year}` : name });
  }
  return found;
}

function years(start, end, x) {
  const found = [];
  for (let year = new Date(start * 1000).getUTCFullYear(); utc(year, 0) < end; year += 1) {
    const [left, right] = [x(utc(year, 0)), x(utc(year + 1, 0))];
    if (right - left >= 26) found.push({ edge: left, x: (left + right) / 2, label: `${year}` });
  }
  return found;
}

// Three to six round values between two.
export function roundValues(low, high) {
  const rough = (high - low) / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * size).find((each) => each >= rough);
  const found = [];
  for (let number = Math.ceil(low / step - 1e-9); number * step <= high + step * 1e-9; number += 1) found.push(number * step);
  return found;
}
