/** Equal ranges of numbers. */
export interface Bins {
  low: number
  high: number
  count: number
  /** 0 when all numbers are the same. */
  width: number
}

export function binsBetween(low: number, high: number, count: number): Bins {
  const width = (high - low) / count
  // Of one number, and of numbers as far apart as can be, there is one range.
  return width > 0 && Number.isFinite(width)
    ? { low, high, count, width }
    : { low, high, count: 1, width: 0 }
}

/** Each range ends before the next begins; the last holds its end. */
export const binNames = ({ low, high, count, width }: Bins): string[] =>
  Array.from({ length: count }, (_, at) => {
    const end = at === count - 1 ? `${high}]` : `${low + (at + 1) * width})`
    return `[${low + at * width}, ${end}`
  })
