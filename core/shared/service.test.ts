import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { listen } from './service.ts'

const HELD_MS = 300

it('ends soon although a client keeps its connection busy, and answers what is in flight', async () => {
  const service = await listen(answerLate, '127.0.0.1', 0)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const inFlight = ask(`${service.url}`, agent)
  const busy = [ask(`${service.url}`, agent), ask(`${service.url}`, agent)]
  await sleep(HELD_MS / 2)
  const started = performance.now()
  await service.close()
  expect(performance.now() - started).toBeLessThan(HELD_MS * 4)
  expect((await inFlight).status).toBe(200)
  // What waited for the connection is answered on it, or told that it is gone: never left alone.
  expect(await Promise.all(busy.map((answer) => answer.catch(() => 'gone')))).toHaveLength(2)
  await expect(fetch(`${service.url}`)).rejects.toThrow()
  agent.destroy()
})

it('closes a connection that nobody uses at once', async () => {
  const service = await listen(() => new Response('ok'), '127.0.0.1', 0)
  const agent = new Agent({ keepAlive: true })
  expect((await ask(`${service.url}`, agent)).status).toBe(200)
  const started = performance.now()
  await service.close()
  expect(performance.now() - started).toBeLessThan(1_000)
})

async function answerLate(): Promise<Response> {
  await sleep(HELD_MS)
  return new Response('ok')
}

function ask(url: string, agent: Agent): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0 }))
    })
    sent.once('error', reject)
    sent.end()
  })
}
