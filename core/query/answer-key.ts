import { createHash } from 'node:crypto'
import type { Role } from '@headwater/schemas/asker'

/** Of the form in which rows are kept: another form needs another number. */
const ANSWER_FORMAT = 1

/** Everything that an answer depends on. */
export interface AnswerFacts {
  project: string
  /** What the asker is in it: nobody is answered what was meant for a higher role. */
  role: Role
  /** Version of the store's data. */
  version: string
  /** The statement with its values. */
  question: string
}

/** A short key that tells nothing but the project and the role: what was asked is in its hash. */
export function answerKey({ project, role, version, question }: AnswerFacts): string {
  const facts = JSON.stringify([version, question])
  const hash = createHash('sha256').update(facts).digest('base64url')
  return `headwater:answer:${ANSWER_FORMAT}:${project}:${role}:${hash}`
}
