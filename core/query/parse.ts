import {
  DEFAULT_BREAKDOWN_LIMIT,
  MAX_BREAKDOWN_LIMIT,
  TrendQuery,
} from '@headwater/schemas/insight'
import { z } from '@hono/zod-openapi'
import { QueryRefusal } from './errors.ts'

/** TrendQuery as GET parameters: numbers and booleans as text, filters as JSON. */
export const TrendParams = z.strictObject({
  ...TrendQuery.shape,
  breakdown_limit: z.coerce
    .number()
    .pipe(TrendQuery.shape.breakdown_limit.unwrap())
    .optional()
    .openapi({
      type: 'integer',
      minimum: 1,
      maximum: MAX_BREAKDOWN_LIMIT,
      default: DEFAULT_BREAKDOWN_LIMIT,
    }),
  include_bots: z
    .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
    .optional()
    .openapi({ type: 'boolean', default: false }),
  exclude_internal: z
    .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
    .optional()
    .openapi({ type: 'boolean' }),
  filters: z
    .string()
    .max(100_000)
    .transform(parseJson)
    .pipe(TrendQuery.shape.filters)
    .optional()
    .openapi({
      type: 'string',
      description: 'A JSON array of PropertyFilter.',
      example: '[{"property":"$browser","operator":"is","value":"Firefox"}]',
    }),
})

/** GET parameters, checked, to the query they mean: what is absent has its default. */
export function toTrendQuery(params: z.infer<typeof TrendParams>): TrendQuery {
  const given = Object.entries(params).filter(([, value]) => value !== undefined)
  return TrendQuery.parse(Object.fromEntries(given))
}

interface Issue {
  code?: string | undefined
  path: readonly PropertyKey[]
  message: string
  values?: readonly unknown[]
  /** Of a union told apart by a field: what that may be. */
  options?: readonly unknown[]
  keys?: readonly string[]
  input?: unknown
  /** Of a union: what is wrong with the value as each of its members. */
  errors?: readonly (readonly Issue[])[]
}

/** The first thing wrong with a question, in words that name the field and what it may be. */
export function refusalOf(issues: readonly Issue[], parent?: string): QueryRefusal {
  const issue = issues[0] && innermost(issues[0])
  if (!issue) return new QueryRefusal('invalid_query', 'the query is not valid')
  const [unknownKey] = issue.keys ?? []
  const field = [
    ...(parent ? [parent] : []),
    ...issue.path,
    ...(unknownKey === undefined ? [] : [unknownKey]),
  ].join('.')
  const allowed = (issue.values ?? issue.options)?.map(String)
  return new QueryRefusal('invalid_query', `${field || 'the query'} ${reasonOf(issue, allowed)}`, {
    ...(field && { field }),
    ...(allowed && { allowed }),
  })
}

// Of all that a value may be, it was meant to be what the least is wrong with; not what it has not even the
// type of.
function innermost(issue: Issue): Issue {
  const [member] = [...(issue.errors ?? [])].sort(
    (a, b) =>
      Number(isOtherType(a)) - Number(isOtherType(b)) ||
      a.length - b.length ||
      depthOf(b) - depthOf(a),
  )
  const best = member?.[0] && innermost(member[0])
  return best ? { ...best, path: [...issue.path, ...best.path] } : issue
}

const isOtherType = ([first]: readonly Issue[]): boolean =>
  first?.code === 'invalid_type' && first.path.length === 0
const depthOf = ([first]: readonly Issue[]): number => first?.path.length ?? 0

function reasonOf(issue: Issue, allowed: readonly string[] | undefined): string {
  if (issue.code === 'unrecognized_keys') return 'is not known'
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return 'is required'
  }
  if (allowed) return `must be one of ${allowed.join(', ')}`
  // Our own messages read on from the field's name; the library's begin with a capital letter.
  return /^[A-Z]/.test(issue.message) ? `is not valid: ${issue.message}` : issue.message
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON array' })
    return z.NEVER
  }
}
