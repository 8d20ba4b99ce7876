/** Of what is new in each bucket, what there is up to each. */
export function runningSums(values: readonly (number | null)[]): number[] {
  let sum = 0
  return values.map((value) => (sum += value ?? 0))
}

/** Means of each value and those before it, `span` at most; of values that are there. */
export function smoothed(values: readonly (number | null)[], span: number): (number | null)[] {
  if (span === 1) return [...values]
  return values.map((_, place) => {
    const known = values
      .slice(Math.max(0, place + 1 - span), place + 1)
      .filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}
