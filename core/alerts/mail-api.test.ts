import { SavedAlert } from '@headwater/schemas/insights/alert'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hostileString, LEAK } from '../query/hostile-strings.ts'
import { openSavedApi, type SavedApi } from '../query/saved/test-saved.ts'
import { oneLine } from './letter.ts'
import { type MailReceiver, openMailReceiver } from './test-mail.ts'

let mailbox: MailReceiver
let api: SavedApi
/** Of a service that was told of no mail server, on a database of its own. */
let without: SavedApi
beforeAll(async () => {
  mailbox = await openMailReceiver()
  const server = { host: '127.0.0.1', port: mailbox.port, secure: false }
  const from = { name: 'Numbers', address: 'alerts@example.com' }
  api = await openSavedApi({ mail: { server, from, timeoutMs: 10_000 } })
  without = await openSavedApi()
})
beforeEach(() => {
  mailbox.received.length = 0
  mailbox.answers = { recipient: 250, message: 250 }
})
afterAll(async () => {
  await api.close()
  await without.close()
  await mailbox.close()
})

const at = (project: string, rest = '') => `/api/alerts${rest}?project=${project}`
const email = (...to: string[]) => ({ type: 'email', to })
const insight = async (project: string, on = api): Promise<string> => {
  const query = { kind: 'trends', project, series: [{ event: '$pageview' }] }
  return (await on.made(`/api/insights?project=${project}`, { name: 'visits', query })).id
}
const alertOn = (id: string, more: object = {}) => ({
  ...{ name: 'many', insight: id, every: 'day' },
  condition: { type: 'above', threshold: 1 },
  channels: [email('ann@example.com')],
  ...more,
})

describe('a channel of e-mail', () => {
  it('is saved, shown and kept in history as it was given', async () => {
    const channels = [email('ann@example.com', "o'neil+x@sub.example.co")]
    const alert = await api.made(at('saved'), alertOn(await insight('saved'), { channels }))
    expect(SavedAlert.parse(alert)).toEqual(alert)
    expect(alert.channels).toEqual(channels)
    const { versions } = (await api.get(at('saved', `/${alert.id}/history`))).body
    expect(versions).toMatchObject([{ item: { channels } }])
  })

  it.each([
    [[email()], 'channels.0.to'],
    [[email(...Array.from({ length: 21 }, (_, i) => `p${i}@example.com`))], 'channels.0.to'],
    [[email('ann@example.com', 'ANN@example.com')], 'channels.0.to'],
    [[email('ann@example.com'), email('Ann@Example.com')], 'channels'],
    [[email('ann')], 'channels.0.to.0'],
    [[email('a@example.com', 'b@example.com\r\nBcc: c@example.com')], 'channels.0.to.1'],
    [[email('a@example.com\n')], 'channels.0.to.0'],
    [[email('a@example-.com')], 'channels.0.to.0'],
    [[email('Ann <ann@example.com>')], 'channels.0.to.0'],
    [[email('a@example.com, b@example.com')], 'channels.0.to.0'],
    [[email('a@example.com> SIZE=1')], 'channels.0.to.0'],
    [[email(`${'a'.repeat(250)}@example.com`)], 'channels.0.to.0'],
    [[{ type: 'email', to: 'ann@example.com' }], 'channels.0.to'],
    [[{ ...email('ann@example.com'), bcc: ['x@example.com'] }], 'channels.0.bcc'],
    [[{ ...email('ann@example.com'), url: 'https://example.com' }], 'channels.0.url'],
  ])('is refused as %j, naming the field', async (channels, field) => {
    const body = alertOn(await insight('bad'), { channels })
    const answer = await api.call('POST', at('bad'), body)
    expect([answer.status, answer.body.error.field], JSON.stringify(answer.body)).toEqual([
      400,
      field,
    ])
  })

  it('is refused where nothing could be sent, by the name of the field and what to set', async () => {
    const id = await insight('without', without)
    const channels = [{ type: 'webhook', url: 'https://example.com/hook' }, email('a@example.com')]
    const refused = await without.call('POST', at('without'), alertOn(id, { channels }))
    expect([refused.status, refused.body.error]).toEqual([
      400,
      {
        code: 'invalid_query',
        message:
          'channels.1.type: this service sends no e-mail; set SMTP_URL and MAIL_FROM of the query service',
        field: 'channels.1.type',
        allowed: ['webhook'],
      },
    ])
    const saved = await without.made(at('without'), alertOn(id, { channels: [channels[0]] }))
    const change = { ...alertOn(id, { channels }), version: 1 }
    const changed = await without.call('PUT', at('without', `/${saved.id}`), change)
    expect(changed.body.error.field).toBe('channels.1.type')
    const subscription = { name: 'news', of: { insight: id }, every: 'day', channels }
    const path = '/api/subscriptions?project=without'
    expect((await without.call('POST', path, subscription)).body.error.field).toBe(
      'channels.1.type',
    )
    const { insight: _, ...code } = alertOn(id, { channels, key: 'many', insight: 'visits' })
    const document = { version: 1, alerts: [{ ...code, insight: 'visits' }] }
    const imported = '/api/dashboards/import?project=without'
    expect((await without.call('PUT', imported, document)).body.error.field).toBe(
      'alerts.0.channels.1.type',
    )
  })

  it('is part of dashboards as code', async () => {
    await api.made(at('code'), alertOn(await insight('code'), { channels: [email('b@x.example')] }))
    const document = (await api.get('/api/dashboards/export?project=code')).body
    expect(document.alerts).toMatchObject([{ channels: [email('b@x.example')] }])
    const put = async (project: string) => {
      const path = `/api/dashboards/import?project=${project}&prune=true`
      return (await api.call('PUT', path, document)).body
    }
    expect((await put('code')).unchanged).toHaveLength(2)
    expect((await put('code-copy')).created).toHaveLength(2)
    const copy = (await api.get('/api/dashboards/export?project=code-copy')).body
    expect(copy).toEqual(document)
  })
})

it('keeps no address that is more than one, whatever it is sent', async () => {
  const id = await insight('addresses')
  let kept = 0
  const tame = fc.stringMatching(/^[a-z0-9.+'-]{0,3}[a-z0-9]{2,6}$/)
  const part = fc.oneof(hostileString, { arbitrary: tame, weight: 3 })
  const address = fc.oneof(
    part,
    // Often enough one that is kept, whatever the seed.
    { arbitrary: tame.map((text) => `a${text}@example.com`), weight: 3 },
    part.map((text) => `${text}@example.com`),
    part.map((text) => `a@${text}`),
    part.map((text) => `a@${text}.example`),
    part.map((text) => `a@example.com${text}`),
  )
  const property = fc.asyncProperty(fc.array(address, { maxLength: 2 }), async (to) => {
    const answer = await api.call(
      'POST',
      at('addresses'),
      alertOn(id, { channels: [email(...to)] }),
    )
    const said = JSON.stringify(answer.body)
    expect([201, 400], said).toContain(answer.status)
    expect(said).not.toMatch(LEAK)
    if (answer.status === 400) {
      expect(answer.body.error.field).toMatch(/^channels\.0\.to/)
      return
    }
    kept++
    for (const one of to) expect(one).toMatch(/^[\w.+'-]+@[a-z0-9.-]+$/i)
    mailbox.received.length = 0
    const { body } = await api.call('POST', at('addresses', `/${answer.body.id}/test`))
    expect(body.items).toHaveLength(to.length)
    // Of a domain the case is nobody's business.
    const [got, wanted] = [mailbox.received.map((mail) => mail.to.join()), to].map((all) =>
      all.map((one) => one.toLowerCase()).toSorted(),
    )
    expect(got).toEqual(wanted)
  })
  await fc.assert(property, { numRuns: 200 })
  expect(kept).toBeGreaterThan(10)
})

describe('a test by e-mail', () => {
  it('goes to every address at once, and says what became of each', async () => {
    const to = Array.from({ length: 20 }, (_, i) => `p${i}@example.com`)
    const body = alertOn(await insight('test'), { channels: [email(...to)] })
    const { id } = await api.made(at('test'), body)
    mailbox.unknown.add('p3@example.com')
    const { body: answer } = await api.call('POST', at('test', `/${id}/test`))
    mailbox.unknown.clear()
    expect(answer.items).toHaveLength(20)
    for (const { url, state, status, problem, attempts } of answer.items) {
      const isUnknown = url === 'mailto:p3@example.com'
      expect([state, status, problem, attempts]).toEqual(
        isUnknown
          ? ['failed', 550, 'the mail server answered 550 to RCPT TO', 1]
          : ['sent', 250, null, 1],
      )
    }
    expect(mailbox.received).toHaveLength(19)
    const [mail] = mailbox.received
    expect(mail?.headers.get('subject')).toBe('Test: many')
    expect(mail?.headers.get('from')).toBe('Numbers <alerts@example.com>')
    expect(mail?.text).toContain('A test of the alert many: nothing has happened')
    const log = await api.get(at('test', `/${id}/deliveries`))
    expect(log.body.items).toHaveLength(20)
  })

  it('tells nothing that the mail server said', async () => {
    const { id } = await api.made(at('quiet'), alertOn(await insight('quiet')))
    mailbox.answers.message = 451
    const answer = await api.call('POST', at('quiet', `/${id}/test`))
    expect(answer.body.items).toMatchObject([
      { state: 'failed', status: 451, problem: 'the mail server answered 451 to DATA' },
    ])
    expect(JSON.stringify(answer.body)).not.toMatch(/internal|10\.1\.2\.3/)
  })

  it('of another project’s alert is not sent', async () => {
    const { id } = await api.made(at('mine'), alertOn(await insight('mine')))
    expect((await api.call('POST', at('theirs', `/${id}/test`))).status).toBe(404)
    expect(mailbox.received).toEqual([])
  })

  const HEADERS = [
    ...['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type'],
    ...['auto-submitted', 'x-auto-response-suppress'],
  ]
  const name = fc.oneof(
    hostileString,
    fc.constantFrom(
      'a\r\nBcc: evil@example.com',
      'a\nX-Evil: 1\n\n<script>',
      '=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=',
      '\u2028\u0085Bcc: evil@example.com',
      '<b>"&\' \u202e',
      '\u{1f600}'.repeat(60),
    ),
  )

  it('says only what it should, and to nobody else, whatever the alert is called', async () => {
    const id = await insight('hostile')
    let saved = 0
    const property = fc.asyncProperty(name, name, async (called, key) => {
      const body = alertOn(id, { name: called, description: key, tags: [] })
      const made = await api.call('POST', at('hostile'), body)
      expect([201, 400], JSON.stringify(made.body)).toContain(made.status)
      expect(JSON.stringify(made.body)).not.toMatch(LEAK)
      if (made.status === 400) return
      saved++
      mailbox.received.length = 0
      const { body: sent } = await api.call('POST', at('hostile', `/${made.body.id}/test`))
      expect(sent.items).toMatchObject([{ state: 'sent' }])
      expect(mailbox.received).toHaveLength(1)
      const [mail] = mailbox.received
      expect(mail?.to).toEqual(['ann@example.com'])
      expect([...(mail?.headers.keys() ?? [])].toSorted()).toEqual(HEADERS.toSorted())
      expect(mail?.headers.get('to')).toBe('ann@example.com')
      expect(mail?.html.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']/)
      expect(mail?.html).not.toMatch(/<(script|b |b>")/)
      const title = `A test of the alert ${made.body.name}: nothing has happened`
      expect(mail?.text.split('\r\n')[0]).toBe(oneLine(title))
      const subject = oneLine(`Test: ${made.body.name}`, 200).replaceAll('=?', '= ?')
      expect(mail?.headers.get('subject')).toBe(subject)
    })
    await fc.assert(property, { numRuns: 60 })
    expect(saved).toBeGreaterThan(10)
  })
})
