import type { AskedInsight } from '@headwater/schemas/insights/insight'
import { askedFields } from './page-question.ts'
import {
  commonParams,
  type Defaults,
  oneOf,
  type RangeQuestion,
  type ReadState,
  readBoolean,
  reader,
  readShared,
  wholeNumber,
} from './url-reader.ts'

export const PATH_ITEMS = {
  pages: 'Pages',
  events: 'Events',
  both: 'Pages and other events',
} as const
export type PathItems = keyof typeof PATH_ITEMS

type AskedPaths = Extract<AskedInsight, { kind: 'paths' }>

const PAGES = { event: '$pageview', filters: [], named_by: { property: '$pathname' } }
const EVENTS = { event: '*', filters: [] }
const ITEMS: Record<PathItems, AskedPaths['items']> = {
  pages: [PAGES],
  events: [EVENTS],
  // The first item that an event fits names it.
  both: [PAGES, EVENTS],
}

/** As the contract has it. */
const MAX_PATTERNS = 100
const MAX_NODE_NAME_LENGTH = 500

/** As the page asks for it; it has no intervals, and properties do not split it. */
export interface PathsQuestion extends Omit<RangeQuestion, 'breakdown' | 'interval'> {
  items: PathItems
  /** Names of nodes; null for any. */
  start: string | null
  end: string | null
  through: string | null
  groupings: string[]
  exclude: string[]
  steps: number
  edge_limit: number
  session_gap_minutes: number
  include_bots: boolean
}

const DEFAULT_STEPS = 5
const DEFAULT_EDGES = 50
const DEFAULT_GAP_MINUTES = 30

export function readPaths(params: URLSearchParams, defaults: Defaults): ReadState<PathsQuestion> {
  const read = reader(params)
  const { breakdown: _, ...common } = readShared(read, defaults)
  const node = (name: string) => read.one<string | null>(name, isNode, null)
  const question: PathsQuestion = {
    ...common,
    items: read.one('items', oneOf(PATH_ITEMS), 'pages'),
    start: node('start'),
    end: node('end'),
    through: node('through'),
    groupings: read.all('grouping', isNode, [], MAX_PATTERNS),
    exclude: read.all('exclude', isNode, [], MAX_PATTERNS),
    steps: read.one('steps', wholeNumber, DEFAULT_STEPS),
    edge_limit: read.one('edge_limit', wholeNumber, DEFAULT_EDGES),
    session_gap_minutes: read.one('session_gap_minutes', wholeNumber, DEFAULT_GAP_MINUTES),
    include_bots: read.one('include_bots', readBoolean, false),
  }
  return { question, ignored: read.ignored }
}

export function writePaths(question: PathsQuestion): URLSearchParams {
  const params = new URLSearchParams({ items: question.items })
  for (const name of ['start', 'end', 'through'] as const) {
    const node = question[name]
    if (node !== null) params.set(name, node)
  }
  for (const pattern of question.groupings) params.append('grouping', pattern)
  for (const pattern of question.exclude) params.append('exclude', pattern)
  params.set('steps', String(question.steps))
  if (question.edge_limit !== DEFAULT_EDGES) params.set('edge_limit', String(question.edge_limit))
  if (question.session_gap_minutes !== DEFAULT_GAP_MINUTES) {
    params.set('session_gap_minutes', String(question.session_gap_minutes))
  }
  if (question.include_bots) params.set('include_bots', 'true')
  for (const [name, value] of commonParams(question)) params.set(name, value)
  return params
}

/** The choice of nodes that a question's items are, or null when they are none of them. */
export function chosenItems(items: AskedPaths['items']): PathItems | null {
  const choices = Object.keys(ITEMS) as PathItems[]
  const namesOf = (all: AskedPaths['items']) =>
    JSON.stringify(all.map(({ event, named_by }) => [event, named_by?.property]))
  return choices.find((choice) => namesOf(ITEMS[choice]) === namesOf(items)) ?? null
}

/** The question as POST /api/query takes it, everything filled in. */
export function pathsQuery(question: PathsQuestion): AskedPaths {
  const { items, start, end, through, groupings, exclude, steps, edge_limit } = question
  return {
    kind: 'paths',
    ...askedFields(question),
    actor: 'person',
    include_sql: false,
    items: ITEMS[items],
    ...(start !== null && { start }),
    ...(end !== null && { end }),
    ...(through !== null && { through }),
    ...{ groupings, exclude, steps, edge_limit },
    session_gap_minutes: question.session_gap_minutes,
  }
}

const isNode = (text: string) =>
  text.length > 0 && text.length <= MAX_NODE_NAME_LENGTH ? text : null
