import type { Letter, LetterList, LetterReplay, ReplayResult } from '@headwater/schemas/dead-letter'

const COLUMN_WIDTH = 24
const MIN_ERROR_WIDTH = 30

/** A table of letters that fits so many columns of the terminal; what is cut off ends in `…`. */
export function listText({ letters, next }: LetterList, project: string, columns: number): string {
  if (letters.length === 0)
    return `No dead letters ${project === '*' ? 'at all' : `in ${project}`}.`
  const heads = ['ID', 'DIED (UTC)', 'PROJECT', 'EVENT', 'DISTINCT_ID', 'REPLAYED', 'ERROR']
  const rows = letters.map((letter) => [
    letter.id,
    timeText(letter.dead_at),
    letter.project || '(none)',
    letter.event ?? '?',
    letter.distinct_id ?? '?',
    letter.replayed_at ? timeText(letter.replayed_at) : '',
    shortError(letter.error),
  ])
  const lines = [heads, ...rows].map((cells) => cells.map(printable))
  const widths = heads.map((_, i) =>
    Math.min(COLUMN_WIDTH, Math.max(...lines.map((cells) => cells[i]?.length ?? 0))),
  )
  const used = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  widths[widths.length - 1] = Math.max(columns - used, MIN_ERROR_WIDTH)
  const table = lines.map((cells) =>
    cells
      .map((cell, i) => cut(cell, widths[i] ?? 0).padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...table, ...(next ? [`Older ones: --before ${next}`] : [])].join('\n')
}

/** Everything about a letter; its record comes last, as it is. */
export function letterText(letter: Letter): string {
  const { log, shard, seq, idx, replays } = letter
  const facts: [string, string][] = [
    ['id', letter.id],
    ['project', letter.project || '(none)'],
    ['died', timeText(letter.dead_at)],
    ['event', letter.event ?? '?'],
    ['distinct_id', letter.distinct_id ?? '?'],
    ['uuid', letter.uuid ?? '?'],
    ['key', letter.record_key],
    ['log', `${log.id}, partition ${log.partition}, offset ${log.offset}`],
    ['batch', `shard ${shard}, seq ${seq}, idx ${idx}`],
    ['error', letter.error],
    ...replays.map((replay): [string, string] => ['replayed', replayText(replay)]),
    ['record', letter.record],
  ]
  return facts.map(([name, value]) => `${name.padEnd(13)}${printable(value)}`).join('\n')
}

export function replayedText({ replayed, skipped, skips }: ReplayResult): string {
  const letters = (count: number) => `${count} ${count === 1 ? 'letter' : 'letters'}`
  const lines = skips.map(({ id, message }) => `  ${id}: ${message}`)
  const done = `${letters(replayed)} on the log again.`
  return skipped === 0 ? done : [`${done} ${letters(skipped)} skipped:`, ...lines].join('\n')
}

function replayText({ replayed_at, corrected, outcome, letter }: LetterReplay): string {
  const outcomes = {
    pending: 'not judged yet',
    stored: 'stored',
    duplicate: 'skipped, the event was stored already',
    dead: `died again, as ${letter}`,
  } as const satisfies Record<LetterReplay['outcome'], string>
  return `${timeText(replayed_at)} ${corrected ? 'corrected' : 'as it was'}: ${outcomes[outcome]}`
}

const timeText = (iso: string): string => iso.slice(0, 19).replace('T', ' ')

/** The store repeats its code before it comes to the point. */
const shortError = (error: string): string =>
  error.replace(/^(Error: |Code: \d+\. |DB::Exception: )+/, '')

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`

// A sender's text must not move the operator's cursor, or worse.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (code) => {
    const hex = code.charCodeAt(0).toString(16)
    return `\\u${hex.padStart(4, '0')}`
  })
}
