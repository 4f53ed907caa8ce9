// Columns as the server sends them: whole steps from one entry to the next, null where there is nothing.
export function summed(steps, fine = 1) {
  let sum = 0;
  return steps.map((step) => (step === null ? null : (sum += step) / fine));
}

// The place of the last entry at or before a time; -1 before the first.
export function placeAt(times, at) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// A line that holds each value until the next arrives, as points to draw: a gap begins where it is told,
// not at the value before it, and the last value holds until `until`.
export function held(at, value, until) {
  const [times, values] = [[], []];
  at.forEach((time, place) => {
    const now = value[place];
    if (now === null && place && value[place - 1] !== null) {
      times.push(time);
      values.push(value[place - 1]);
      times.push(time + 1);
    } else times.push(time);
    values.push(now);
  });
  const last = values.at(-1);
  if (times.length && last !== null && until > times.at(-1)) {
    times.push(until);
    values.push(last);
  }
  return [times, values];
}

export const extremes = (values) => {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
};
