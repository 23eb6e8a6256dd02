/** Of numbers in any order. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => quantile(values, 0.5);
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// Student's t, two-sided 95 %, for 1 to 20 degrees of freedom. With as few values as a bench has, the normal
// distribution's 1.96 would make the intervals far too narrow, and so would a bootstrap.
const T = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09, 2.09,
];

/** The mean of independent values and its 95 % confidence interval. One value alone says nothing of the noise. */
export function interval(values) {
  const { length } = values;
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (length - 1);
  const margin = length > 1 ? (T[length - 2] ?? T.at(-1)) * Math.sqrt(variance / length) : Number.POSITIVE_INFINITY;
  return { mean: middle, margin, low: middle - margin, high: middle + margin };
}

/** "12 ±3", and "~" before it where zero is in the interval: less than the noise. */
export function format({ mean, margin, low, high }, digits = 0) {
  const isNoise = low <= 0 && high >= 0;
  const spread = Number.isFinite(margin) ? margin.toFixed(digits) : "?";
  return `${isNoise ? "~" : ""}${mean.toFixed(digits)} ±${spread}`;
}

/** A Markdown table; the first row is its head. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (cells) => `| ${cells.map((cell, column) => String(cell).padEnd(widths[column])).join(" | ")} |`;
  return [line(rows[0]), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join("\n");
}
