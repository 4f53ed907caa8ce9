// The path of a stepped line for uPlot: each value holds until the next arrives, null is a gap. What falls into
// one column of pixels is drawn once, from its lowest to its highest, so that ten years cost what a year does.
export function steppedPath(u, place, first, last) {
  const [times, values] = [u.data[0], u.data[place]];
  const { left, top, width, height } = u.bbox;
  const { x, y } = u.scales;
  const [across, down] = [width / (x.max - x.min), height / (y.max - y.min)];
  const path = new Path2D();
  // uPlot draws what is seen; the value in force at the left edge may be older, that at the right newer.
  do first -= 1;
  while (first > 0 && values[first] === undefined);
  do last += 1;
  while (last < values.length - 1 && values[last] === undefined);
  let [column, reached, low, high] = [null, 0, 0, 0];
  for (let index = Math.max(first, 0); index <= Math.min(last, values.length - 1); index += 1) {
    const value = values[index];
    if (value === undefined) continue;
    const at = Math.round(left + (times[index] - x.min) * across);
    if (value === null) {
      if (column !== null) path.lineTo(at, reached);
      column = null;
      continue;
    }
    const now = Math.round(top + (y.max - value) * down);
    if (column === null) path.moveTo(at, now);
    else if (at === column) {
      if (now < low || now > high) path.lineTo(at, now);
      [low, high, reached] = [Math.min(low, now), Math.max(high, now), now];
      continue;
    } else if (now !== reached || index >= last) {
      path.lineTo(column, reached);
      path.lineTo(at, reached);
      path.lineTo(at, now);
    } else continue;
    [column, reached, low, high] = [at, now, now, now];
  }
  if (column !== null) path.lineTo(Math.round(left + (Math.min(times[Math.min(last, values.length - 1)], x.max) - x.min) * across), reached);
  return { stroke: path, fill: null, clip: null, band: null, gaps: null, flags: 0 };
}
