/** Medians and spreads: what a noisy machine lets one say. */

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One number of all samples, as median, least and most; `undefined` where no sample has it. */
export function summary(samples, key) {
  const values = samples.map((sample) => sample[key]).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** How far least and most lie apart, as a share of the median. */
export function spread({ median: middle, min, max }) {
  return middle === 0 ? 0 : (max - min) / middle;
}
