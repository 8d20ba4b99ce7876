import { readFileSync, writeFileSync } from 'node:fs'
import type { ReplayResult } from '@headwater/schemas/dead-letter'
import type { DeadLetters } from './client.ts'
import type { Options } from './options.ts'
import { letterText, listText, replayedText } from './show.ts'

export interface Outcome {
  text: string
  exitCode: 0 | 1
}

/** Runs one command. Rejects with an Error in words for the operator. */
export async function runCommand(
  { command, project, json }: Options,
  client: DeadLetters,
  columns = 120,
): Promise<Outcome> {
  const told = (answer: object, text: string) => (json ? JSON.stringify(answer, null, 2) : text)
  switch (command.name) {
    case 'list': {
      const list = await client.list(command.limit, command.before)
      return { text: told(list, listText(list, project, columns)), exitCode: 0 }
    }
    case 'show': {
      const letter = await client.show(command.id)
      if (command.record !== undefined) writeFileSync(command.record, letter.record)
      return { text: told(letter, letterText(letter)), exitCode: 0 }
    }
    case 'replay': {
      const { ids, force } = command
      const record = command.record === undefined ? undefined : readFileSync(command.record, 'utf8')
      const result = await client.replay({ ids, record, force })
      return { text: told(result, replayedText(result)), exitCode: isDone(ids, result) ? 0 : 1 }
    }
  }
}

// Of all letters, those whose events are stored are what is wished for; of named ones, the operator's error.
const isDone = (ids: readonly string[] | 'all', { skipped, skips }: ReplayResult): boolean =>
  skipped === 0 || (ids === 'all' && skips.every(({ reason }) => reason === 'already_stored'))
