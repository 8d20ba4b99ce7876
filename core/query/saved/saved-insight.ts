import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import {
  type InsightBody,
  insightBody,
  insightCode,
  SavedInsight,
} from '@headwater/schemas/insights/saved'
import { cohortRefs, renameSaved } from '../cohort/walk.ts'
import { QueryRefusal } from '../errors.ts'
import { settle } from '../settle.ts'
import { emptyAnswer } from './empty-answer.ts'
import type { Kind, Writing } from './kind.ts'

export const savedInsight: Kind<InsightBody> = {
  kind: 'insight',
  path: '/api/insights',
  fields: insightBody,
  shown: SavedInsight,
  example: { name: 'How often people come', query: INSIGHT_EXAMPLES.stickiness },
  usedBy: ['dashboard', 'alert', 'subscription'],

  check: ({ query }, writing) => checkQuestion(query, writing),

  index: ({ name, description, tags, query }) => ({
    name,
    tags,
    search: [name, description, ...tags].join('\n'),
    refs: cohortRefs(query),
  }),

  // The document says nothing of the project: it can be put into another.
  code: {
    fields: insightCode,
    to({ query: { project: _, ...query }, ...body }, keyOf) {
      return { ...body, query: renameSaved(query, keyOf) }
    },
    from: (code, project, idOf) => {
      const { query } = code as { query: object }
      const named = renameSaved(
        query,
        (key, field) => idOf({ kind: 'cohort', key, field }),
        'query',
      )
      return { ...code, query: { ...named, project } }
    },
  },
}

/** Throws what asking the question now would be refused with, its fields under `query`. */
async function checkQuestion(
  query: AskedInsight,
  { project, writer, now }: Writing,
): Promise<void> {
  if (query.project !== project) {
    const message = `query.project must be ${project}, where the insight is saved`
    throw new QueryRefusal('invalid_query', message, { field: 'query.project' })
  }
  try {
    await emptyAnswer(await settle(query, writer), now)
  } catch (error) {
    if (!(error instanceof QueryRefusal)) throw error
    const { code, message, field, allowed } = error
    throw new QueryRefusal(code, message, {
      field: field ? `query.${field}` : 'query',
      ...(allowed && { allowed: [...allowed] }),
    })
  }
}
