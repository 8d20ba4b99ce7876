// What the capture tests say to the edge, in the product's words.
import { env, exports } from 'cloudflare:workers'
import type { DroppedEvent } from '@headwater/schemas/event'
import type { EventRecord } from '@headwater/schemas/record'
import { signWriteKey } from '@headwater/schemas/write-key'
import { edgeConfig } from '../config.ts'
import { core, recordsOf, until } from './core.ts'

export interface CaptureAnswer {
  status: 'Ok'
  accepted: number
  dropped: DroppedEvent[]
}

/** A write key of the project, signed with the tests' secret. */
export function writeKeyOf(project_id: string, epoch = 1): Promise<string> {
  return signWriteKey(edgeConfig(env).writeKeySecret, { project_id, epoch })
}

export const writeKey = await writeKeyOf('default')

export function request(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(`http://edge.test${path}`, init)
}

export function post(
  path: string,
  body: BodyInit,
  headers: Record<string, string> = {},
  cf: Partial<IncomingRequestCfProperties> = {},
): Promise<Response> {
  const init = { method: 'POST', body, headers, cf }
  return request(path, init as RequestInit)
}

/** Sends events that are to be accepted; returns the verdicts. */
export async function send(events: unknown[], more: object = {}): Promise<CaptureAnswer> {
  const response = await post(
    '/batch',
    JSON.stringify({ api_key: writeKey, batch: events, ...more }),
  )
  const text = await response.text()
  if (response.status !== 200) throw new Error(`capture answered ${response.status}: ${text}`)
  return JSON.parse(text) as CaptureAnswer
}

let people = 0
/** A distinct_id that no other test uses. */
export function newPerson(): string {
  return `person-${people++}-${crypto.randomUUID()}`
}

/** The records of one person, as the bridge of the region got them. */
export async function recordsAbout(
  person: string,
  count = 1,
  region = 'test',
): Promise<EventRecord[]> {
  const shards = edgeConfig(env).regions.get(region)?.shards ?? []
  return until(`${count} records of ${person}`, async () => {
    const found: EventRecord[] = []
    for (const shard of shards) {
      const batches = await core.acknowledged(shard)
      for (const { body } of batches.filter((batch) => batch.body.includes(person))) {
        found.push(...recordsOf(body).filter((record) => record.distinct_id === person))
      }
    }
    return found.length >= count && found
  })
}

export async function gzip(text: string | Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Response(text as BodyInit).body?.pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream ?? null).arrayBuffer())
}

export function base64(bytes: Uint8Array | string): string {
  const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(''))
}
