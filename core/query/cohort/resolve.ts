import type { CohortBody } from '@headwater/schemas/insights/saved-cohort'
import { QueryRefusal } from '../errors.ts'
import type { OpenMetadata } from '../saved/metadata.ts'
import { missing } from '../saved/references.ts'
import type { SavedReader } from '../saved/saved-store.ts'
import { type CohortHolder, mapCohorts, savedIn } from './walk.ts'

/**
 * The question with the rule of every saved cohort in place of its id, as it is now; done before it is
 * planned, so that statements, and with them the keys of kept answers, hold the rule that was meant. A
 * line of a breakdown without a name gets the cohort's. Rejects with a QueryRefusal that names the field
 * of an id that the project has no cohort of.
 */
export type ResolveCohorts = <Question extends { project: string }>(
  question: Question,
) => Promise<Question>

/** @param metadata Where cohorts are saved. @default nowhere: ids are refused as `not_configured` */
export const resolveOn =
  (metadata?: OpenMetadata): ResolveCohorts =>
  async (question) => {
    const [first] = savedIn(question)
    if (!first) return question
    if (metadata) return resolveCohorts(question, (await metadata()).saved)
    const message = `${first.field}: this service keeps no cohorts: it was started without a DATABASE_URL`
    throw new QueryRefusal('not_configured', message, { field: first.field })
  }

/** As ResolveCohorts; inside a write its own writer is what reads. */
export async function resolveCohorts<Question extends { project: string }>(
  question: Question,
  reader: Pick<SavedReader, 'findLive'>,
): Promise<Question> {
  const ids = savedIn(question).map(({ id }) => id)
  if (ids.length === 0) return question
  const found = await reader.findLive(question.project, 'cohort', ids)
  const bodies = new Map(found.map(({ id, body }) => [id, body as CohortBody]))
  return mapCohorts(question, (holder, field) => resolved(holder, field, bodies))
}

function resolved(
  holder: CohortHolder,
  field: string,
  bodies: ReadonlyMap<string, CohortBody>,
): CohortHolder {
  if (typeof holder.cohort !== 'string') return holder
  const body = bodies.get(holder.cohort)
  if (!body) throw missing('cohort', holder.cohort, field)
  const { name, rule } = body
  return 'operator' in holder
    ? { ...holder, cohort: rule }
    : { name: holder.name ?? name, cohort: rule }
}
