const MAX_TEXT = 200
export const MAX_URL_TEXT = 2_000

/** A column's text from whatever a sender put there: other types than text and numbers are empty. */
export function columnText(value: unknown, maxLength: number = MAX_TEXT): string {
  if (typeof value === 'string') {
    // A cut inside a surrogate pair would leave half a character, which the store refuses.
    return value.length <= maxLength ? value : value.slice(0, maxLength).toWellFormed()
  }
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}

/** A whole number that is not negative; 0 for anything else. */
export function integer(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}
