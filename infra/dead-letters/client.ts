import type { Letter, LetterList, ReplayResult } from '@headwater/schemas/dead-letter'
import type { ApiError } from '@headwater/schemas/insight'

export interface ReplayOrder {
  ids: readonly string[] | 'all'
  record?: string | undefined
  force: boolean
}

/** What the command asks. Every call rejects with an Error in words for the operator. */
export interface DeadLetters {
  list(limit: number, before: string | undefined): Promise<LetterList>
  show(id: string): Promise<Letter>
  replay(order: ReplayOrder): Promise<ReplayResult>
  close(): Promise<void>
}

export interface ApiPlace {
  queryUrl: string
  project: string
  /** Sent along where the query API wants one. @default none */
  credential?: string | undefined
}

/** The letters of one project, from the query API. */
export function apiDeadLetters({ queryUrl, project, credential }: ApiPlace): DeadLetters {
  const authorization = credential ? { authorization: `Bearer ${credential}` } : {}
  const ask = <Body>(url: string, init: RequestInit = {}) =>
    askApi<Body>(url, { ...init, headers: { ...init.headers, ...authorization } })
  const base = `${queryUrl}/api/dead-letters`
  const query = (params: Record<string, string | undefined> = {}) => {
    const given = Object.entries({ project, ...params }).filter(([, value]) => value !== undefined)
    return new URLSearchParams(given as [string, string][]).toString()
  }
  return {
    list: (limit, before) => ask(`${base}?${query({ limit: String(limit), before })}`),
    show: (id) => ask(`${base}/${id}?${query()}`),
    replay: ({ ids, record, force }) =>
      ask(`${base}/replay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          project,
          ...(ids === 'all' ? { all: true } : { ids, force }),
          record,
        }),
      }),
    close: () => Promise.resolve(),
  }
}

async function askApi<Body>(url: string, init: RequestInit = {}): Promise<Body> {
  const { origin } = new URL(url)
  const response = await fetch(url, init).catch((error: unknown) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const reason = cause instanceof Error && cause.message ? cause.message : String(cause)
    throw new Error(`no answer from ${origin} (QUERY_URL): ${reason}`)
  })
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as Body
  throw new Error(`${origin}: ${refusalIn(text) ?? `status ${response.status}`}`)
}

function refusalIn(text: string): string | null {
  try {
    const { error } = JSON.parse(text) as ApiError
    return `${error.message} (${error.code})`
  } catch {
    return null
  }
}
