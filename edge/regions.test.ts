import {
  abortAllDurableObjects,
  createExecutionContext,
  evictDurableObject,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it } from 'vitest'
import { bridgeOf } from './bridge-sink.ts'
import { packFrames } from './buffer.ts'
import { type EdgeEnv, edgeConfig } from './config.ts'
import { shardStub } from './durable-buffer.ts'
import { handle } from './routes.ts'
import { core, until } from './test/core.ts'
import { newPerson, post, recordsAbout, writeKeyOf } from './test/edge.ts'
import { WriteKeys } from './write-keys.ts'

const AWAY = { status: 503, retry_after: '1' }
const BRIDGES = { test: 'bridge.test', eu: 'bridge.eu.test', far: 'bridge.far.test' }

describe('the events of a project', () => {
  it.each([
    ['default', 'test'],
    ['test.shop', 'test'],
    ['eu.shop', 'eu'],
    ['far.shop', 'far'],
  ] as const)('reach the bridge of its region and no other: %s goes to %s', async (id, region) => {
    const person = await sendFor(id)
    expect(await recordsAbout(person, 1, region)).toMatchObject([{ project_id: id }])
    expect(await core.bridgesThatGot(person)).toEqual([BRIDGES[region]])
  })

  it('belong to the default region when its id only looks like a pinned one', async () => {
    const person = await sendFor('eu-shop')
    await recordsAbout(person, 1, 'test')
    expect(await core.bridgesThatGot(person)).toEqual(['bridge.test'])
  })

  it('are not taken where its region is not known: the sender is told to come back', async () => {
    const person = newPerson()
    const body = await bodyFor('moon.shop', person)
    for (let i = 0; i < 2; i++) {
      const response = await post('/batch', body)
      expect(response.status).toBe(503)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(await response.json()).toMatchObject({ error: { code: 'unknown_region' } })
    }
    const forged = body.replace(/_[0-9a-f]{32}/, `_${'0'.repeat(32)}`)
    expect((await post('/batch', forged)).status).toBe(401)
    await recordsAbout(await sendFor('default'))
    expect(await core.bridgesThatGot(person)).toEqual([])
  })
})

describe('a shard of a region', () => {
  it('sends to its own bridge after an eviction', async () => {
    const { name, text } = await heldAtAnAbsentBridge()
    await evictDurableObject(env.BUFFER.getByName(name))
    await env.BUFFER.getByName(name).stats()
    await until('an acknowledgement', async () => (await core.acknowledged(name)).length === 1)
    expect(await core.bridgesThatGot(text)).toEqual(['bridge.eu.test'])
  })

  it('sends to its own bridge when only its alarm wakes it', async () => {
    const { name, text } = await heldAtAnAbsentBridge()
    await abortAllDurableObjects()
    await until('an acknowledgement', async () => (await core.acknowledged(name)).length === 1)
    expect(await core.bridgesThatGot(text)).toEqual(['bridge.eu.test'])
  })

  it('that is no longer configured holds what it has, and sets nothing aside', async () => {
    const name = 'gone:0'
    const stub = env.BUFFER.getByName(name)
    const text = `frame ${crypto.randomUUID()}`
    await stub.append(packFrames([text]))
    await until('three tries', async () => (await stub.stats()).flushes.retried >= 3)
    await runInDurableObject(stub, (object) => expect(object.alarm()).resolves.toBeUndefined())
    expect(await stub.stats()).toMatchObject({ backlog_events: 1, set_aside_batches: 0 })
    expect(await core.bridgesThatGot(text)).toEqual([])
  })

  it('has a bridge again when it is configured again', async () => {
    const batch = { id: { shard: `gone:1@${'0'.repeat(16)}`, seq: 1 }, events: 1 }
    const body = Uint8Array.from(new TextEncoder().encode('a'))
    const before = bridgeOf(edgeConfig(env), batch.id.shard)
    await expect(before.send({ ...batch, body })).rejects.toMatchObject({ retryable: true })
    const REGIONS = { gone: { bridge_url: 'http://bridge.far.test' } }
    const after = bridgeOf(edgeConfig(edgeWith({ REGIONS })), batch.id.shard)
    await after.send({ ...batch, body })
    expect(await core.acknowledged('gone:1')).toMatchObject([{ bridge: 'bridge.far.test' }])
  })
})

describe('the place of a shard', () => {
  it('is asked for with every call, by jurisdiction or hint', () => {
    const { asked, edge } = recordingEdge()
    for (const shard of ['test:0', 'eu:1', 'far:2']) shardStub(edge, shard)
    expect(asked).toEqual(['test:0', 'eu: eu:1', 'far:2 near apac'])
  })

  it('is not given up for a failure, nor for one that only says what workerd says', () => {
    const refusals = [
      { allow: 'false', message: 'Jurisdiction restrictions are not implemented in workerd.' },
      { allow: 'true', message: 'internal error' },
    ]
    for (const { allow, message } of refusals) {
      const { asked, edge } = recordingEdge(message, { ALLOW_NO_JURISDICTION: allow })
      expect(() => shardStub(edge, 'eu:0')).toThrow(message)
      expect(asked).toEqual([])
    }
  })

  it('is left open where workerd has no jurisdictions and whoever runs it says so', () => {
    const words = 'Jurisdiction restrictions are not implemented in workerd.'
    const { asked, edge } = recordingEdge(words, { ALLOW_NO_JURISDICTION: 'true' })
    shardStub(edge, 'eu:0')
    expect(asked).toEqual(['eu:0'])
  })

  it('that cannot be had costs its region alone, and is named', async () => {
    // The workerd of the tests has no jurisdictions: this edge cannot have its eu shards anywhere.
    const edge = edgeWith({ ALLOW_NO_JURISDICTION: 'false' })
    const person = newPerson()
    const refused = await ask(edge, '/batch', await bodyFor('eu.shop', person))
    expect(refused.status).toBe(503)
    expect((await ask(edge, '/batch', await bodyFor('default', newPerson()))).status).toBe(200)
    const health = await ask(edge, '/_health')
    expect(health.status).toBe(503)
    expect(await health.text()).toContain('does not answer in: eu.')
    const metrics = await (await ask(edge, '/_metrics')).text()
    expect(metrics).toContain('headwater_edge_shard_up{region="eu",name="eu:3"} 0')
    expect(metrics).toContain('headwater_edge_shard_up{region="test",name="test:3"} 1')
    expect(metrics).toContain('headwater_edge_shard_up{region="far",name="far:3"} 1')
    expect(await core.bridgesThatGot(person)).toEqual([])
  })
})

describe('the revoked keys of a region', () => {
  afterEach(() => Promise.all([core.revokes([]), core.revokes([], false, 'auth.eu.test')]))

  it('are those of its own auth service', async () => {
    const eu = { project_id: 'eu.shop', epoch: 9 }
    const far = { project_id: 'far.shop', epoch: 9 }
    // The first service has no say in eu; it has one in far, which names no other.
    await core.revokes([eu, far])
    expect(await isRevoked('eu.shop')).toBe(false)
    expect(await isRevoked('far.shop')).toBe(true)
    await core.revokes([eu], false, 'auth.eu.test')
    expect(await isRevoked('eu.shop')).toBe(true)
  })

  it('are not waited for when its service is away', async () => {
    await core.revokes([], true, 'auth.eu.test')
    await core.revokes([{ project_id: 'far.shop', epoch: 9 }])
    expect(await isRevoked('eu.shop')).toBe(false)
    expect(await isRevoked('far.shop')).toBe(true)
  })

  async function isRevoked(project: string): Promise<boolean> {
    const keys = new WriteKeys(edgeConfig(env))
    const key = await writeKeyOf(project, 9)
    await keys.freshenLists((work) => void work)
    await keys.verify(key)
    try {
      return keys.ownerOf(key).projectId !== project
    } catch (error) {
      return (error as { code: string }).code === 'revoked_write_key'
    }
  }
})

async function bodyFor(project: string, person: string): Promise<string> {
  const api_key = await writeKeyOf(project)
  return JSON.stringify({ api_key, batch: [{ event: 'a', distinct_id: person }] })
}

async function sendFor(project: string): Promise<string> {
  const person = newPerson()
  const response = await post('/batch', await bodyFor(project, person))
  expect(response.status, await response.text()).toBe(200)
  return person
}

let count = 100
/** A shard of eu whose bridge was away at the first try. */
async function heldAtAnAbsentBridge() {
  const name = `eu:${count++}`
  const text = `frame ${crypto.randomUUID()}`
  await core.willAnswer(name, AWAY)
  await env.BUFFER.getByName(name).append(packFrames([text]))
  await until('a first try', async () => (await core.attempts(name)).length === 1)
  return { name, text }
}

function edgeWith(bindings: Record<string, unknown>): EdgeEnv {
  return { ...env, BUFFER: env.BUFFER, ...bindings }
}

async function ask(edge: EdgeEnv, path: string, body?: string): Promise<Response> {
  const ctx = createExecutionContext()
  const init = body === undefined ? {} : { method: 'POST', body }
  const response = await handle(new Request(`http://edge.test${path}`, init), edge, ctx)
  await waitOnExecutionContext(ctx)
  return response
}

/** An edge that notes which objects it would make, and where; `refusal` is what jurisdictions throw. */
function recordingEdge(refusal?: string, bindings: Record<string, unknown> = {}) {
  const asked: string[] = []
  const namespace = (prefix: string) => ({
    getByName(shard: string, options?: { locationHint: string }) {
      asked.push(`${prefix}${shard}${options ? ` near ${options.locationHint}` : ''}`)
    },
    jurisdiction(name: string) {
      if (refusal) throw new Error(refusal)
      return namespace(`${name}: `)
    },
  })
  const BUFFER = namespace('') as unknown as EdgeEnv['BUFFER']
  return { asked, edge: edgeWith({ ...bindings, BUFFER }) }
}
