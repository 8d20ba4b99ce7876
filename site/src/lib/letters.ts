import type { LetterReplay, ReplayResult } from '@headwater/schemas/dead-letter'
import { readProject, type SavedAddress } from './saved-address.ts'
import { type Defaults, reader } from './url-reader.ts'

/** As the contract has it. */
const LETTER_ID = /^[0-9a-f]{8}-\d{1,10}-\d{1,16}$/

export const OUTCOMES: Record<LetterReplay['outcome'], string> = {
  pending: 'Not judged yet',
  stored: 'Stored',
  duplicate: 'Was stored already',
  dead: 'Died again',
}

/** What the address of the page of dead letters says: the list, or one of it. */
export function readLetters(params: URLSearchParams, defaults: Defaults): SavedAddress {
  const read = reader(params)
  return {
    project: readProject(read, defaults),
    id: read.one<string | null>('id', (text) => (LETTER_ID.test(text) ? text : null), null),
    ignored: read.ignored,
  }
}

/** What became of an order to replay, in words. */
export function replayWords({ replayed, skipped, skips }: ReplayResult): string {
  const done = `${replayed} ${replayed === 1 ? 'letter is' : 'letters are'} on the log again.`
  const reasons = [...new Set(skips.map(({ message }) => message))].join('; ')
  return skipped === 0 ? done : `${done} ${skipped} skipped: ${reasons}.`
}

/** A record as it is read best: indented when it is JSON, else as it is. */
export function prettyRecord(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2)
  } catch {
    return record
  }
}
