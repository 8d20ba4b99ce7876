/** An e-mail as it waits to be sent: for people to read. */
export interface Letter {
  subject: string
  /** RFC 3339. */
  date: string
  text: string
  html: string
}

/** What a letter says. Whatever stands in it is text: it is made harmless here, and nowhere else. */
export interface Sheet {
  subject: string
  title: string
  facts: [name: string, value: string][]
  tables: Table[]
}

export interface Table {
  title: string
  /** What must be known to read its numbers. */
  notes: string[]
  head: string[]
  rows: string[][]
  /** Rows that there are besides. */
  more: number
}

const MAX_SUBJECT = 200
const MAX_CELL = 60
const MAX_LINE = 500

// What ends a line or a header, is no character, or turns the direction of what follows it.
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** One line of at most so many characters. */
export function oneLine(text: string, max = MAX_LINE): string {
  const line = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim()
  const characters = [...line]
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`
}

/** @param date RFC 3339. */
export const writeLetter = (sheet: Sheet, date: string): Letter => ({
  // Receivers decode `=?…?=` in a header, and could find in it what was kept out: an end of the line.
  subject: oneLine(sheet.subject, MAX_SUBJECT).replaceAll('=?', '= ?'),
  date,
  text: asText(sheet),
  html: asHtml(sheet),
})

const cells = (row: readonly string[]) => row.map((cell) => oneLine(cell, MAX_CELL))
const moreOf = ({ more }: Table): string[] => (more > 0 ? [`and ${more} more`] : [])

function asText({ title, facts, tables }: Sheet): string {
  const parts = [
    [oneLine(title)],
    facts.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}`),
    ...tables.map((table) => [
      oneLine(table.title),
      ...table.notes.map((note) => oneLine(note)),
      ...inColumns([table.head, ...table.rows].map(cells)),
      ...moreOf(table),
    ]),
  ]
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function inColumns(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const CELL = 'padding:4px 12px 4px 0;border-bottom:1px solid #ddd'

function asHtml({ subject, title, facts, tables }: Sheet): string {
  const factLines = facts.map(
    ([name, value]) => `<p style="margin:4px 0"><b>${escaped(name)}:</b> ${escaped(value)}</p>`,
  )
  return [
    '<!doctype html><html><head><meta charset="utf-8">',
    `<title>${escaped(subject)}</title></head>`,
    '<body style="font-family:sans-serif;font-size:14px;color:#222">',
    `<h1 style="font-size:18px">${escaped(title)}</h1>`,
    ...factLines,
    ...tables.flatMap(tableAsHtml),
    '</body></html>',
  ].join('\n')
}

function tableAsHtml(table: Table): string[] {
  const lineOf = (tag: 'td' | 'th') => (row: string[]) =>
    `<tr>${cells(row)
      .map((cell, i) => {
        const style = `${CELL};text-align:${i === 0 ? 'left' : 'right'}`
        return `<${tag} style="${style}">${escaped(cell)}</${tag}>`
      })
      .join('')}</tr>`
  return [
    `<h2 style="font-size:16px">${escaped(table.title)}</h2>`,
    ...[...table.notes, ...moreOf(table)].map((note) => `<p>${escaped(note)}</p>`),
    '<table style="border-collapse:collapse">',
    lineOf('th')(table.head),
    ...table.rows.map(lineOf('td')),
    '</table>',
  ]
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
