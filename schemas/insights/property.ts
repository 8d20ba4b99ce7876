import { z } from '@hono/zod-openapi'
import {
  isSessionProperty,
  NUMERIC_SESSION_PROPERTIES,
  SESSION_PROPERTY_NAMES,
} from './session-properties.ts'

export const MAX_FILTERS = 50

export const PropertyName = z.string().min(1).max(200)
/** Event name; `*` stands for every event. */
export const EventMatch = z.string().min(1).max(200).openapi({ example: '$pageview' })

/** Whose property: the event's own, or that of its person, of a group it belongs to, or of its session. */
export const PROPERTY_TYPES = ['event', 'person', 'group', 'session'] as const

const propertyRef = {
  /** @default event */
  type: z.enum(PROPERTY_TYPES).optional(),
  /** Of a group's property: the type of the group. */
  group: z.string().min(1).max(200).optional().openapi({ example: 'company' }),
  property: PropertyName.openapi({ example: '$browser' }),
}

interface Ref {
  type?: string | undefined
  group?: string | undefined
  property: string
}

/** A group's property needs the type of the group, and no other has one; a session's is one of a few. */
function checkOwner({ type, group, property }: Ref, context: z.RefinementCtx): void {
  if (type === 'session' && !isSessionProperty(property)) {
    refuseName(property, SESSION_PROPERTY_NAMES, context)
  }
  if ((type === 'group') === (group !== undefined)) return
  const message = type === 'group' ? 'is required by type group' : 'goes with type group only'
  context.addIssue({ code: 'custom', path: ['group'], message })
}

const refuseName = (input: string, values: string[], context: z.RefinementCtx): void =>
  context.addIssue({ code: 'invalid_value', path: ['property'], input, values })

/** Of sessions it is known which properties are numbers. */
function checkBins(
  { type, property, bins }: Ref & { bins?: number | undefined },
  context: z.RefinementCtx,
): void {
  const isSession = type === 'session' && isSessionProperty(property)
  if (!isSession || bins === undefined || NUMERIC_SESSION_PROPERTIES.includes(property)) return
  refuseName(property, NUMERIC_SESSION_PROPERTIES, context)
}

/** A property, and whose it is. */
export const PropertyRef = z
  .strictObject(propertyRef)
  .superRefine(checkOwner)
  .openapi('PropertyRef')
export type PropertyRef = z.infer<typeof PropertyRef>

const scalar = z.union([z.string().max(2_000), z.number(), z.boolean()])

export const FILTER_OPERATORS = [
  'is',
  'is_not',
  'contains',
  'not_contains',
  'gt',
  'gte',
  'lt',
  'lte',
  'is_set',
  'is_not_set',
] as const

export const PropertyFilter = z
  .strictObject({
    ...propertyRef,
    operator: z.enum(FILTER_OPERATORS).default('is'),
    /** One value, or several of which any one must hold. Not needed by is_set and is_not_set. */
    value: z.union([scalar, z.array(scalar).min(1).max(500)]).optional(),
  })
  .superRefine(checkOwner)
  .superRefine((filter, context) => {
    const needsNone = filter.operator === 'is_set' || filter.operator === 'is_not_set'
    if (!needsNone && filter.value === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: `is required by operator ${filter.operator}`,
      })
    }
  })
  .openapi('PropertyFilter')
export type PropertyFilter = z.infer<typeof PropertyFilter>

export const MAX_BREAKDOWNS = 3
export const DEFAULT_BREAKDOWN_LIMIT = 25
export const MAX_BREAKDOWN_LIMIT = 100

export const BreakdownLimit = z
  .number()
  .int()
  .min(1)
  .max(MAX_BREAKDOWN_LIMIT)
  .default(DEFAULT_BREAKDOWN_LIMIT)

/** Splits an answer by a property's values, or by equal ranges of its numbers. */
export const Breakdown = z
  .strictObject({
    ...propertyRef,
    /** Equal ranges between the smallest and the largest number. */
    bins: z.number().int().min(2).max(50).optional(),
  })
  .superRefine(checkOwner)
  .superRefine(checkBins)
  .openapi('Breakdown')
export type Breakdown = z.infer<typeof Breakdown>

/** Values of the breakdowns, every value outside the top, or events without any value. */
export const BREAKDOWN_KINDS = ['value', 'other', 'none'] as const
export const BreakdownKind = z.enum(BREAKDOWN_KINDS)
export type BreakdownKind = z.infer<typeof BreakdownKind>

/** Which part of an answer a line is; null in an answer without breakdowns. */
export const BreakdownValue = z
  .object({
    kind: BreakdownKind,
    /** One value per breakdown, null where there is none; empty for Other. */
    values: z.array(z.string().nullable()),
  })
  .nullable()
export type BreakdownValue = z.infer<typeof BreakdownValue>
