import { z } from '@hono/zod-openapi'
import { PropertyName } from './property.ts'
import { ProjectId, resultFacts } from './question.ts'
import { SessionPropertyDefinition } from './session-properties.ts'

export const MAX_DESCRIPTION_LENGTH = 2_000

const EventName = z.string().min(1).max(200)

const said = {
  /** What people wrote about it; empty until somebody does. */
  description: z.string(),
  /** Whether pickers leave it out. Questions can name it all the same. */
  hidden: z.boolean(),
}

export const EventDefinitions = z
  .object({
    events: z.array(
      z.object({
        name: z.string().openapi({ example: '$pageview' }),
        /** Within the days that were looked at, as the times are. */
        count: z.number(),
        first_seen: z.iso.datetime(),
        last_seen: z.iso.datetime(),
        ...said,
      }),
    ),
    days: z.number(),
    ...resultFacts,
  })
  .openapi('EventDefinitions')
export type EventDefinitions = z.infer<typeof EventDefinitions>

export const VALUE_TYPES = ['string', 'number', 'boolean', 'date', 'object', 'array'] as const
export const ValueType = z.enum(VALUE_TYPES)
export type ValueType = z.infer<typeof ValueType>

export const PropertyDefinitions = z
  .object({
    properties: z.array(
      z.object({
        name: z.string().openapi({ example: 'plan' }),
        /** Who wrote it: the server's are columns of every event. */
        source: z.enum(['server', 'sender']),
        /** Of its values, those that were seen; a date is a text that reads as one. */
        types: z.array(ValueType),
        /** Events of the sample that have it. */
        count: z.number(),
        /** Of the sample; null where it was not seen. */
        first_seen: z.iso.datetime().nullable(),
        last_seen: z.iso.datetime().nullable(),
        /** Some of its values, as text. */
        samples: z.array(z.string()),
        ...said,
      }),
    ),
    /** Those of sessions, which filters and breakdowns of type session name: the same in every project. */
    session_properties: z.array(SessionPropertyDefinition),
    /** How many events were looked at. */
    sampled_events: z.number(),
    days: z.number(),
    ...resultFacts,
  })
  .openapi('PropertyDefinitions')
export type PropertyDefinitions = z.infer<typeof PropertyDefinitions>

const flag = z
  .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
  .default(false)
  .openapi({ type: 'boolean', default: false })

export const EventDefinitionsQuery = z.strictObject({ project: ProjectId, include_hidden: flag })
export const PropertyDefinitionsQuery = z.strictObject({
  project: ProjectId,
  /** Only properties of this event. */
  event: EventName.optional().openapi({ example: '$pageview' }),
  include_hidden: flag,
})

const saying = {
  project: ProjectId,
  description: z.string().max(MAX_DESCRIPTION_LENGTH).default(''),
  hidden: z.boolean().default(false),
}
/** PUT: what is said of an event from now on. */
export const DescribeEvent = z
  .strictObject({ ...saying, name: EventName.openapi({ example: 'signup' }) })
  .openapi('DescribeEvent')
export type DescribeEvent = z.infer<typeof DescribeEvent>
/** PUT: what is said of a property from now on. */
export const DescribeProperty = z
  .strictObject({ ...saying, name: PropertyName.openapi({ example: 'plan' }) })
  .openapi('DescribeProperty')
export type DescribeProperty = z.infer<typeof DescribeProperty>

export const Described = z.object({ name: z.string(), ...said }).openapi('Described')
export type Described = z.infer<typeof Described>
