import type { WebList } from '@headwater/schemas/insights/web-overview'
import type { InsightInputOf } from './api.ts'
import { type Defaults, type ReadState, reader, readShared } from './url-reader.ts'
import { readWeb, type WebRows, writeWeb } from './web-question.ts'

/** The Live page asks for one thing only. */
export interface LiveQuestion {
  project: string
}

export const LIVE_LISTS = ['page', 'country', 'source'] as const satisfies WebList[]

export function readLive(params: URLSearchParams, defaults: Defaults): ReadState<LiveQuestion> {
  const read = reader(params)
  const { project } = readShared(read, defaults)
  return { question: { project }, ignored: read.ignored }
}

export const writeLive = ({ project }: LiveQuestion) => new URLSearchParams({ project })

/** What visitors of the last hour look at. */
export const lastHour = (project: string): InsightInputOf<'web_overview'> => ({
  kind: 'web_overview',
  project,
  date_from: '-1h',
  interval: 'minute',
  compare: false,
  lists: [...LIVE_LISTS],
  list_limit: 8,
})

/** The Web page of the same hour, narrowed to one row. */
export function webPath(project: string, list: WebList, value: string | null): string {
  const { question } = readWeb(new URLSearchParams(), { project })
  const rows: WebRows = { [list]: value }
  return `/web?${writeWeb({ ...question, date_from: '-1h', interval: 'minute', rows })}`
}
