import { describe, expect, it } from 'vitest'
import { removeItem } from '../query/saved/operations.ts'
import type { Item } from '../query/saved/saved-store.ts'
import type { OpenDatabase } from '../query/saved/test-metadata.ts'
import { type AlertBench, day, eachOnBench } from './alert-bench.ts'
import type { AlertStore } from './alert-store.ts'
import { savedAlert } from './saved-alert.ts'
import { lookAtAll, sendAll } from './watch.ts'

/** What becomes of alerts when processes die, and when there are several. */
export function describeProcesses(name: string, open: OpenDatabase): void {
  let bench: AlertBench
  eachOnBench(open, (opened) => {
    bench = opened
  })

  const crashing = (method: keyof AlertStore, when: 'before' | 'after'): { alerts: AlertStore } => {
    const { alerts } = bench.metadata
    const crash = async (...args: unknown[]) => {
      if (when === 'after') await (bound(alerts, method) as (...a: unknown[]) => unknown)(...args)
      throw new Error('crash')
    }
    return { alerts: new Proxy(alerts, { get: (t, p) => (p === method ? crash : bound(t, p)) }) }
  }

  describe(`a crash: ${name}`, () => {
    const moments = [
      ['advance', 'before'],
      ['advance', 'after'],
      ['claim', 'before'],
      ['claim', 'after'],
      ['settle', 'before'],
      ['settle', 'after'],
    ] as const
    const types = ['webhook', 'email'] as const
    it.each(moments.flatMap((moment) => types.map((type) => [...moment, type] as const)))(
      'of %s, %s it is done, neither loses nor doubles a message: %s',
      async (method, when, type) => {
        await bench.alert({ channels: [bench[type]()] })
        bench.setDays(15)
        await bench.round(day(0), crashing(method, when)).catch(() => {})
        // Another process goes on, when the lease and the claim of the first have ended.
        for (let minute = 1; minute < 10; minute++) {
          await bench.round(day(0) + minute * 60_000, { holder: 'two' })
        }
        const told = {
          webhook: ['alert.firing'],
          email: ['ann@example.com Firing: many, 15 events'],
        }
        expect([...bench.told(), ...bench.mailed()]).toEqual(told[type])
        // Only an answer that was not written down makes a second try, and it has the same id.
        const tries = method === 'settle' && when === 'before' ? 2 : 1
        expect([...bench.receiver.received, ...bench.mail.received]).toHaveLength(tries)
      },
    )

    it('leaves what another process is sending alone', async () => {
      await bench.alert()
      bench.setDays(15)
      const deps = bench.deps(day(0))
      await lookAtAll(day(0), deps)
      const [mine] = await bench.metadata.alerts.claim('webhook', day(0), day(0) + 60_000, 10)
      expect(mine).toMatchObject({ reason: 'firing', attempts: 1 })
      await sendAll(day(0) + 59_000, deps)
      expect(bench.told()).toEqual([])
      await sendAll(day(0) + 60_000, deps)
      expect(bench.told()).toEqual(['alert.firing'])
    })
  })

  describe(`several processes: ${name}`, () => {
    it('look in turn: the second leaves it to the first', async () => {
      await bench.alert()
      await bench.round(day(0))
      await bench.round(day(1), { holder: 'two' })
      expect(bench.asked).toBe(2)
      await Promise.all([
        bench.round(day(2), { holder: 'two' }),
        bench.round(day(2) + 1, { holder: 'three' }),
      ])
      expect(bench.asked).toBe(3)
    })

    it('tell a crossing once although both looked at the same time', async () => {
      const channels = [bench.webhook(), bench.email()]
      for (let i = 0; i < 5; i++) await bench.alert({ channels }, `p${i}`)
      bench.setDays(15, 1)
      const free = new Proxy(bench.metadata.alerts, {
        get: (t, p) => (p === 'takeLease' ? async () => true : bound(t, p)),
      })
      for (const i of [0, 1]) {
        await Promise.all(
          ['one', 'two', 'three'].map((holder) => bench.round(day(i), { alerts: free, holder })),
        )
        await bench.round(day(i) + 120_000)
      }
      const types = bench.told().sort()
      expect(types).toEqual([...Array(5).fill('alert.firing'), ...Array(5).fill('alert.resolved')])
      expect(bench.receiver.received).toHaveLength(10)
      expect(bench.mail.received).toHaveLength(10)
      expect(bench.mailed()).toHaveLength(10)
    })

    it('do not tell of an alert that was changed, snoozed or deleted meanwhile', async () => {
      const { alerts, saved } = bench.metadata
      bench.setDays(15)
      const acts: ((alert: Item) => Promise<unknown>)[] = [
        (alert) => bench.change(alert, { condition: { type: 'above', threshold: 99 } }),
        (alert) => alerts.snooze(alert, day(5)),
        (alert) =>
          saved.write('p', (writer) =>
            removeItem(savedAlert, alert, null, { project: 'p', writer, now: day(0) }),
          ),
      ]
      for (const act of acts) {
        const alert = await bench.alert()
        const { ask } = bench.deps(day(0))
        await bench.round(day(0), {
          async ask(...question) {
            await act(alert)
            return ask(...question)
          },
        })
        await bench.round(day(0) + 1)
        expect(bench.told()).toEqual([])
      }
    })
  })
}

function bound(target: object, property: string | symbol): unknown {
  const value = Reflect.get(target, property)
  return typeof value === 'function' ? value.bind(target) : value
}
