// What tests of the buffer say of one shard.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Chunk } from '../buffer.ts'
import { core, until } from './core.ts'

let count = 0
/** A buffer that no other test uses. */
export function newShard() {
  const name = `test:${1_000 + count++}`
  return { name, stub: env.BUFFER.getByName(name) }
}

/** Plain: what is in a chunk is for the two ends of the way to know. */
export function chunkOf(...ids: string[]): Chunk {
  const text = ids.map((id) => `"p:${id}"\t${id}\t{"id":"${id}"}\n`).join('')
  const body = new TextEncoder().encode(text)
  return { body, bytes: body.length, events: ids.length }
}

export function idsOf(body = ''): string[] {
  return body.split('\n').flatMap((line) => line.split('\t')[1] ?? [])
}

export async function acknowledged(name: string, batches: number) {
  return until(`${batches} acknowledged batches`, async () => {
    const all = await core.acknowledged(name)
    return all.length >= batches && all
  })
}

export async function tablesOf(stub: ReturnType<typeof newShard>['stub']): Promise<string[]> {
  return runInDurableObject(stub, (_object, state) =>
    state.storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name LIKE 'seg%'")
      .toArray()
      .map(({ name }) => name),
  )
}

export function alarmOf(stub: ReturnType<typeof newShard>['stub']): Promise<number | null> {
  return runInDurableObject(stub, (_object, state) => state.storage.getAlarm())
}
