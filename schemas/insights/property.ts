import { z } from '@hono/zod-openapi'

export const MAX_FILTERS = 50

export const PropertyName = z.string().min(1).max(200)
/** Event name; `*` stands for every event. */
export const EventMatch = z.string().min(1).max(200).openapi({ example: '$pageview' })

/** Whose property: the event's own, that of its person, or that of a group it belongs to. */
export const PROPERTY_TYPES = ['event', 'person', 'group'] as const

const propertyRef = {
  /** @default event */
  type: z.enum(PROPERTY_TYPES).optional(),
  /** Of a group's property: the type of the group. */
  group: z.string().min(1).max(200).optional().openapi({ example: 'company' }),
  property: PropertyName.openapi({ example: '$browser' }),
}

/** A group's property needs the type of the group, and no other has one. */
function checkGroup(
  { type, group }: { type?: string | undefined; group?: string | undefined },
  context: z.RefinementCtx,
): void {
  if ((type === 'group') === (group !== undefined)) return
  const message = type === 'group' ? 'is required by type group' : 'goes with type group only'
  context.addIssue({ code: 'custom', path: ['group'], message })
}

/** A property, and whose it is. */
export const PropertyRef = z
  .strictObject(propertyRef)
  .superRefine(checkGroup)
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
  .superRefine(checkGroup)
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
  .superRefine(checkGroup)
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
