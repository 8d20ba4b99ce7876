/** The value below which `percent` of the samples lie, in whole units; 0 when there are none. */
export function percentile(samples: readonly number[], percent: number): number {
  return Math.round(quantile(samples, percent / 100))
}

/** The value below which this share of the samples lies; 0 when there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const index = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)
  return sorted[Math.max(0, index)] ?? 0
}
