import type { InsightInputOf } from './api.ts'
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

const PAGES = { event: '$pageview', named_by: { property: '$pathname' } }
const ITEMS: Record<PathItems, NonNullable<InsightInputOf<'paths'>['items']>> = {
  pages: [PAGES],
  events: [{ event: '*' }],
  // The first item that an event fits names it.
  both: [PAGES, { event: '*' }],
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

export function pathsQuery(question: PathsQuestion): InsightInputOf<'paths'> {
  const { items, start, end, through, groupings, exclude, steps, edge_limit } = question
  return {
    kind: 'paths',
    ...askedFields(question),
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
