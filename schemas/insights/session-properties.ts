import { z } from '@hono/zod-openapi'

/** A property of sessions: what its values are, and what it says. */
export const SessionPropertyDefinition = z
  .object({
    name: z.string().openapi({ example: '$entry_pathname' }),
    type: z.enum(['number', 'string', 'boolean']),
    meaning: z.string(),
  })
  .openapi('SessionPropertyDefinition')
type Definition = Omit<z.infer<typeof SessionPropertyDefinition>, 'name'>

/** What filters and breakdowns of type session can ask for. A page view is an event `$pageview`. */
export const SESSION_PROPERTIES = {
  $session_duration: { type: 'number', meaning: 'Seconds from its first event to its last' },
  $event_count: { type: 'number', meaning: 'How many events it has' },
  $pageview_count: { type: 'number', meaning: 'How many page views it has' },
  $is_bounce: {
    type: 'boolean',
    meaning: 'Whether it is one short page view in which nothing was done; not set without any',
  },
  $entry_current_url: { type: 'string', meaning: 'Address of its first page view' },
  $entry_hostname: { type: 'string', meaning: 'Host of its first page view' },
  $entry_pathname: { type: 'string', meaning: 'Path of its first page view' },
  $exit_current_url: { type: 'string', meaning: 'Address of its last page view' },
  $exit_pathname: { type: 'string', meaning: 'Path of its last page view' },
  $entry_referring_domain: {
    type: 'string',
    meaning: 'Domain that its first page view was reached from',
  },
  $channel_type: { type: 'string', meaning: 'Channel of its first page view' },
  $entry_utm_source: { type: 'string', meaning: 'utm_source of its first page view' },
  $entry_utm_medium: { type: 'string', meaning: 'utm_medium of its first page view' },
  $entry_utm_campaign: { type: 'string', meaning: 'utm_campaign of its first page view' },
  $entry_utm_term: { type: 'string', meaning: 'utm_term of its first page view' },
  $entry_utm_content: { type: 'string', meaning: 'utm_content of its first page view' },
  $entry_country: { type: 'string', meaning: 'Country of its first page view' },
} as const satisfies Record<string, Definition>
export type SessionProperty = keyof typeof SESSION_PROPERTIES

export const SESSION_PROPERTY_NAMES = Object.keys(SESSION_PROPERTIES) as SessionProperty[]

export const isSessionProperty = (name: string): name is SessionProperty =>
  Object.hasOwn(SESSION_PROPERTIES, name)

export const NUMERIC_SESSION_PROPERTIES = SESSION_PROPERTY_NAMES.filter(
  (name) => SESSION_PROPERTIES[name].type === 'number',
)
