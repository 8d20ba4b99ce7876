/** The value below which `percent` of the samples lie; 0 when there are none. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const index = Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)
  return Math.round(sorted[Math.max(0, index)] ?? 0)
}
