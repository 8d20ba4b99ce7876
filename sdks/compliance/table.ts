import { SCENARIOS } from './scenarios.ts'
import { SDKS } from './sdks.ts'

export const TABLE_START = '<!-- The table is written by sdks/compliance/write-table.ts. -->'
export const TABLE_END = '<!-- End of the table. -->'

/**
 * Which SDK is held to what, as Markdown. A check mark is a test of this suite that fails when the SDK does
 * not keep the promise; a number is the note that says why it is not asked.
 */
export function complianceTable(): string {
  const notes: string[] = []
  const noteOf = (reason: string) => {
    if (!notes.includes(reason)) notes.push(reason)
    return `(${notes.indexOf(reason) + 1})`
  }
  const lines: string[] = []
  for (const [group, scenarios] of Object.entries(SCENARIOS)) {
    const names = SDKS.map(({ name }) => name)
    if (lines.length > 0) lines.push('')
    lines.push(`| ${group} | ${names.join(' | ')} |`, `|---|${names.map(() => ':-:|').join('')}`)
    for (const { name, unlessFor } of scenarios) {
      const marks = SDKS.map((sdk) => {
        const reason = unlessFor?.(sdk) ?? null
        return reason === null ? '✓' : noteOf(reason)
      })
      lines.push(`| ${name} | ${marks.join(' | ')} |`)
    }
  }
  return [...lines, '', ...notes.map((note, i) => `(${i + 1}) ${note}`)].join('\n')
}

/** The document with the table as it is now between its marks. Throws when it has no marks. */
export function withTable(document: string): string {
  const start = document.indexOf(TABLE_START)
  const end = document.indexOf(TABLE_END)
  if (start < 0 || end < start) throw new Error('the document has no place for the table')
  return `${document.slice(0, start + TABLE_START.length)}\n\n${complianceTable()}\n\n${document.slice(end)}`
}
