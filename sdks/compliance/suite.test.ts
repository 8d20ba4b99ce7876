import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { batchItems } from './batch-text.ts'
import { withTable } from './table.ts'

it('shows in sdks/README.md who keeps which promise', () => {
  const document = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  expect(document).toBe(withTable(document))
})

it('cuts a batch into the bytes of its events, whatever they hold', () => {
  const events = fc.array(fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })), { maxLength: 5 })
  fc.assert(
    fc.property(
      events,
      fc.constantFrom(0, 2),
      fc.constantFrom('wk', 'batch', '"batch":['),
      (batch, space, key) => {
        const body = JSON.stringify(
          { api_key: key, n: { batch: [1] }, batch, sent_at: 'x' },
          null,
          space,
        )
        const items = batchItems(body)
        expect(items.map((item) => JSON.parse(item))).toEqual(JSON.parse(JSON.stringify(batch)))
        for (const item of items) expect(body).toContain(item)
      },
    ),
  )
})
