/** Of what is new in each bucket, what there is up to each; null from where it is too large for a number. */
export function runningSums(values: readonly (number | null)[]): (number | null)[] {
  let sum = 0
  return values.map((value) => {
    sum += value ?? Number.POSITIVE_INFINITY
    return Number.isFinite(sum) ? sum : null
  })
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
