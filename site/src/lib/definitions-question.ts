import { isProjectId } from '@headwater/schemas/project-id'
import { isKeyOf } from './choices.ts'
import { type Defaults, isName, type ReadState, readBoolean, reader } from './url-reader.ts'

export const DEFINITION_KINDS = {
  events: 'Events',
  properties: 'Properties',
  sessions: 'Session properties',
} as const
export type DefinitionKind = keyof typeof DEFINITION_KINDS

/** Which definitions are shown. */
export interface DefinitionsQuestion {
  project: string
  kind: DefinitionKind
  /** Only properties of this event; empty for those of the most frequent ones. */
  event: string
  /** Only names and descriptions that hold this text; empty for all. */
  search: string
  include_hidden: boolean
}

export function readDefinitions(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<DefinitionsQuestion> {
  const read = reader(params)
  const question: DefinitionsQuestion = {
    project: read.one('project', (text) => (isProjectId(text) ? text : null), defaults.project),
    kind: read.one('kind', (text) => (isKeyOf(DEFINITION_KINDS, text) ? text : null), 'events'),
    event: read.one('event', isName, ''),
    search: read.one('search', isName, ''),
    include_hidden: read.one('include_hidden', readBoolean, false),
  }
  return { question, ignored: read.ignored }
}

export function writeDefinitions(question: DefinitionsQuestion): URLSearchParams {
  const { project, kind, event, search, include_hidden } = question
  return new URLSearchParams({
    project,
    kind,
    ...(event !== '' && { event }),
    ...(search !== '' && { search }),
    ...(include_hidden && { include_hidden: 'true' }),
  })
}

/** Where the API lists them. The properties of sessions come with those of events. */
export function definitionsPath(question: DefinitionsQuestion): string {
  const { project, kind, event, include_hidden } = question
  const params = new URLSearchParams({ project, include_hidden: String(include_hidden) })
  if (kind === 'events') return `/api/definitions/events?${params}`
  if (kind === 'properties' && event !== '') params.set('event', event)
  return `/api/definitions/properties?${params}`
}

/** Those whose name or description holds the text, in any case. */
export function matchingText<Item extends { name: string; description?: string }>(
  items: readonly Item[],
  search: string,
): Item[] {
  const text = search.toLowerCase()
  return items.filter((item) =>
    `${item.name}\n${item.description ?? ''}`.toLowerCase().includes(text),
  )
}
