import { describe, expect, it, vi } from 'vitest'
import type { OpenDatabase } from '../query/saved/test-metadata.ts'
import { type AlertBench, DAY_MS, day, eachOnBench, HOUR_MS } from './alert-bench.ts'
import { sendAll } from './watch.ts'

/** What people are told by e-mail, on any database. */
export function describeMail(name: string, open: OpenDatabase): void {
  let bench: AlertBench
  eachOnBench(open, (opened) => {
    bench = opened
  })

  const deliveries = async (alert: Awaited<ReturnType<AlertBench['alert']>>) => {
    const all = await bench.metadata.alerts.deliveriesOf(alert, 100)
    return all.map(({ url, state, status, problem }) => ({ url, state, status, problem }))
  }

  describe(`e-mail: ${name}`, () => {
    it('tells each address of each crossing once, and nobody who else is told', async () => {
      await bench.alert({ channels: [bench.email('ann@example.com', 'bob@example.com')] })
      bench.setDays(5, 15, 20, 3)
      for (let i = 0; i < 4; i++) {
        for (const minute of [1, 2, 500]) await bench.round(day(i) + minute * 60_000)
      }
      expect(bench.mailed()).toEqual([
        'ann@example.com Firing: many, 15 events',
        'ann@example.com Resolved: many, 3 events',
        'bob@example.com Firing: many, 15 events',
        'bob@example.com Resolved: many, 3 events',
      ])
      expect(bench.mail.received).toHaveLength(4)
      const [first] = bench.mail.received
      const other = first?.to[0] === 'ann@example.com' ? 'bob' : 'ann'
      expect(first?.raw).not.toContain(other)
      expect(first?.text).toContain('Condition: above 10 events')
      expect(first?.text).toContain(
        'Interval: 2026-06-17 00:00 +00:00 to 2026-06-18 00:00 +00:00 (UTC)',
      )
      expect(first?.text).toContain('Complete until: 2026-06-18 00:01 +00:00 (UTC)')
    })

    it('is tried again, later and later, with the same Message-ID', async () => {
      const alert = await bench.alert({ channels: [bench.email()] })
      bench.setDays(15)
      bench.mail.answers.message = 451
      await bench.round(day(0))
      const tries: number[] = []
      for (let second = 0; second < 1_000; second += 10) {
        const before = bench.mail.received.length
        await sendAll(day(0) + second * 1000, bench.deps(day(0)))
        if (bench.mail.received.length > before) tries.push(second)
      }
      expect(tries).toEqual([30, 150, 630])
      expect(await deliveries(alert)).toEqual([
        {
          url: 'mailto:ann@example.com',
          state: 'pending',
          status: 451,
          problem: 'the mail server answered 451 to DATA',
        },
      ])
      bench.mail.answers.message = 250
      await sendAll(day(1), bench.deps(day(1)))
      expect(await deliveries(alert)).toMatchObject([{ state: 'sent', status: 250, problem: null }])
      expect(bench.mail.received).toHaveLength(5)
      expect(new Set(bench.mail.received.map(({ raw }) => raw)).size).toBe(1)
    }, 120_000)

    it('is given up where an address is unknown, and goes to all others', async () => {
      const to = Array.from({ length: 20 }, (_, i) => `p${i}@example.com`)
      const alert = await bench.alert({ channels: [bench.email(...to)] })
      bench.setDays(15)
      bench.mail.unknown.add('p7@example.com')
      await bench.round(day(0))
      await sendAll(day(0) + HOUR_MS, bench.deps(day(0)))
      const known = to.filter((address) => address !== 'p7@example.com')
      expect(bench.mailed()).toEqual(
        known.map((address) => `${address} Firing: many, 15 events`).sort(),
      )
      const refused = (await deliveries(alert)).filter(({ state }) => state !== 'sent')
      expect(refused).toEqual([
        {
          url: 'mailto:p7@example.com',
          state: 'failed',
          status: 550,
          problem: 'the mail server answered 550 to RCPT TO',
        },
      ])
    })

    it('that hangs holds up no webhook, and is tried again', async () => {
      const alert = await bench.alert({ channels: [bench.email(), bench.webhook()] })
      bench.setDays(15)
      bench.mail.answers.recipient = null
      const started = performance.now()
      const round = bench.round(day(0))
      await vi.waitFor(() => expect(bench.told()).toEqual(['alert.firing']), { timeout: 3_900 })
      expect(performance.now() - started).toBeLessThan(4_000)
      await round
      expect(await deliveries(alert)).toMatchObject([
        { state: 'sent' },
        { state: 'pending', problem: 'the mail server did not answer in 4000 ms' },
      ])
      bench.mail.answers.recipient = 250
      await sendAll(day(0) + HOUR_MS, bench.deps(day(0)))
      expect(bench.mailed()).toEqual(['ann@example.com Firing: many, 15 events'])
      expect(bench.receiver.received).toHaveLength(1)
    })

    it('has the numbers of a dashboard, each day once', async () => {
      const insights = [await bench.insight(), await bench.insight()]
      const place = { x: 0, y: 0, w: 6, h: 4 }
      const tiles = insights.map(({ id }) => ({ insight: id, ...place }))
      const dashboard = await bench.dashboard({ tiles })
      await bench.subscription({
        name: 'Our <b>news</b>',
        of: { dashboard: dashboard.id },
        channels: [bench.email(), bench.webhook()],
        delay_minutes: 480,
        time_zone: 'Europe/Berlin',
      })
      // The question is asked as of the end of the day in Berlin.
      bench.values.set(day(1) - 2 * HOUR_MS, 1_234)
      const eight = day(1) + 6 * HOUR_MS
      for (const now of [eight - 1, eight, eight + 1, eight + DAY_MS - 1]) await bench.round(now)
      expect(bench.told()).toEqual(['report', 'report'])
      expect(bench.mail.received).toHaveLength(2)
      const letter = bench.mail.received[1]
      const until = '2026-06-18 00:00 +02:00 Europe/Berlin'
      expect(letter?.headers.get('subject')).toBe(`Report: Our <b>news</b>, until ${until}`)
      expect(letter?.text).toContain(
        'Interval: 2026-06-17 00:00 +02:00 to 2026-06-18 00:00 +02:00 (Europe/Berlin)',
      )
      expect(letter?.text.match(/^visits\r\n/gm)).toHaveLength(2)
      expect(letter?.text.match(/^\$pageview, total .* 1,234\r?$/gm)).toHaveLength(2)
      expect(letter?.html).toContain('<h2 style="font-size:16px">visits</h2>')
      expect(letter?.html).toContain('Our &lt;b&gt;news&lt;/b&gt;')
      expect(letter?.html).toContain('>1,234</td>')
    })
  })
}
