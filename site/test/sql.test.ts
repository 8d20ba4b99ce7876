import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RealSite, startRealSite } from './real-site.ts'

let site: RealSite

beforeAll(async () => {
  site = await startRealSite(inject('dist'))
  const timestamp = Date.now() - 60_000
  await site.insert([
    { event: 'signup', distinct_id: 'ann', timestamp, properties: { plan: 'pro' } },
    { event: 'signup', distinct_id: 'bob', timestamp, properties: { plan: '=1+1' } },
    { event: '$pageview', distinct_id: 'ann', timestamp },
    { event: 'secret', project_id: 'other', timestamp },
  ])
})
afterAll(() => site?.close())

const BY_NAME = 'SELECT event, count() AS times FROM events GROUP BY event ORDER BY times DESC'

async function open(sql?: string) {
  const tab = await site.openPage()
  const params = new URLSearchParams({ project: 'default', ...(sql !== undefined && { sql }) })
  await tab.page.goto(`${site.url}/sql?${params}`)
  const field = tab.page.getByLabel('Statement')
  await field.waitFor()
  const rows = async () => {
    const found = await tab.page.locator('.sql-table tbody tr').all()
    return Promise.all(found.map((row) => row.locator('td').allTextContents()))
  }
  const offered = () => tab.page.getByRole('option').locator('code').allTextContents()
  return { ...tab, field, rows, offered }
}

describe('a statement', () => {
  it('is asked by Ctrl+Enter, and kept in the address', async () => {
    const { page, field, rows, complaints, close } = await open()
    await field.fill(BY_NAME)
    await page.keyboard.press('Control+Enter')
    await expect.poll(rows).toEqual([
      ['signup', '2'],
      ['$pageview', '1'],
    ])
    expect(new URL(page.url()).searchParams.get('sql')).toBe(BY_NAME)
    await page.getByRole('columnheader', { name: 'times UInt64' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('is asked by its address alone, and again when that is wanted', async () => {
    const { page, rows, close } = await open("SELECT count() FROM events WHERE event = 'later'")
    await expect.poll(rows).toEqual([['0']])
    await site.insert([{ event: 'later', timestamp: Date.now() }])
    await page.getByRole('button', { name: 'Run' }).click()
    await expect.poll(rows).toEqual([['1']])
    await close()
  })

  it('is told what is wrong with it, with its field', async () => {
    const { page, close } = await open('SELECT nothing_like_that FROM events')
    const words = await page.getByRole('alert').textContent()
    expect(words).toContain('nothing_like_that')
    expect(words).toContain('Field: sql')
    await close()
  })

  it('says when there are more rows than were asked for', async () => {
    const { page, close } = await open('SELECT number FROM events ARRAY JOIN range(100) AS number')
    await page.getByLabel('Rows at most').selectOption('100')
    await page.getByText('100 rows in').getByText('and there are more').waitFor()
    expect(new URL(page.url()).searchParams.get('limit')).toBe('100')
    await close()
  })

  it('can be begun with an example', async () => {
    const { page, field, rows, close } = await open()
    await page.getByRole('button', { name: 'Events by name' }).click()
    expect(await field.inputValue()).toContain('GROUP BY event')
    await page.getByRole('button', { name: 'Run' }).click()
    await expect.poll(async () => (await rows())[0]).toEqual(['signup', '2', '2'])
    await close()
  })
})

describe('completion', () => {
  it('offers columns, properties and functions, and writes what is chosen', async () => {
    const { page, field, offered, complaints, close } = await open()
    await page.getByText(/^Columns of events/).waitFor()
    await field.pressSequentially('SELECT uniqEx')
    await expect.poll(async () => (await offered())[0]).toBe('uniqExact(')
    await page.keyboard.press('Tab')
    await field.pressSequentially('person_')
    await expect.poll(async () => (await offered())[0]).toBe('person_id')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('[aria-selected=true]').textContent()).toContain('person_id')
    await page.keyboard.press('Enter')
    await field.pressSequentially(') FROM events')
    await page.keyboard.press('Control+Enter')
    expect(await field.inputValue()).toBe('SELECT uniqExact(person_id) FROM events')
    await page.getByText('1 row in').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('offers the properties that the project sent', async () => {
    const { field, offered, close } = await open()
    await expect
      .poll(async () => {
        await field.fill('')
        await field.pressSequentially('properties.pl')
        return offered()
      })
      .toEqual(['properties.plan'])
    await close()
  })

  it('goes away by Escape, and leaves Enter to end a line', async () => {
    const { page, field, offered, close } = await open()
    await page.getByText(/^Columns of events/).waitFor()
    await field.pressSequentially('SELECT ev')
    await expect.poll(offered).toContain('event')
    await page.keyboard.press('Enter')
    expect(await field.inputValue()).toBe('SELECT ev\n')
    await field.pressSequentially('ev')
    await expect.poll(offered).toContain('event')
    await page.keyboard.press('Escape')
    expect(await offered()).toEqual([])
    await close()
  })
})

describe('an answer', () => {
  it('can be had as CSV in which no formula runs', async () => {
    const { page, close } = await open(
      "SELECT distinct_id, properties.plan AS plan FROM events WHERE event = 'signup' ORDER BY distinct_id",
    )
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as CSV' }).click()
    const text = await readFile(await (await coming).path(), 'utf8')
    expect(text).toBe('"distinct_id","plan"\r\n"ann","pro"\r\n"bob","\'=1+1"\r\n')
    await close()
  })

  it('fits a narrow screen', async () => {
    const { page, close } = await open('SELECT * FROM events')
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByText('rows in').waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    await close()
  })
})
