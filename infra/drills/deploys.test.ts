import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drillConfig } from './config.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const { deployMs, deployEveryMs } = drillConfig()
/** A client's own retries of a question: it gives up after these. */
const QUESTION_TRIES = 8

const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({ consumers: 2 })
})
afterAll(() => deployment.stop())

it('shows no client an error that its retry does not cure while every service is deployed again', async () => {
  const services = ['bridge', 'consumer-1', 'query', 'auth', 'consumer-2']
  let questions = 0
  let deploys = 0
  await underLoad(deployment, ledger, `deploys for ${deployMs / 1000} s`, async () => {
    const end = Date.now() + deployMs
    const deploying = async () => {
      for (; Date.now() < end; deploys++) {
        await deployment.restart(services[deploys % services.length] ?? 'bridge')
        await sleep(deployEveryMs)
      }
    }
    const asking = async () => {
      for (; Date.now() < end; questions++) {
        expect(await askTrend()).toBe(200)
        await sleep(300)
      }
    }
    await Promise.all([deploying(), asking()])
  })
  console.log(`${deploys} deploys, ${questions} questions answered`)
  expect(deploys).toBeGreaterThanOrEqual(services.length)
})

async function askTrend(): Promise<number> {
  const url = `${deployment.url('query')}/api/trends?project=default&event=*`
  let status = 0
  for (let tries = 0; tries < QUESTION_TRIES && status !== 200; tries++) {
    if (tries > 0) await sleep(500 * tries)
    status = await fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      () => 0,
    )
  }
  return status
}
