/**
 * A table as CSV by RFC 4180. A text that a spreadsheet would run as a formula gets a `'` before it:
 * events come from anyone with the public write key.
 */
export function toCsv(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const isFormula = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text)
  return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`
}
