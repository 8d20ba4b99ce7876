import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** As wide as a small phone. */
export const NARROW = { width: 390, height: 800 }

/** Expects a page to need no scrolling sideways, and every field of it to have one label. */
export async function expectFitting(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
  const fields = await page.locator('main :is(input, select)').all()
  const labels = await Promise.all(
    fields.map((field) => field.evaluate((node) => (node as HTMLInputElement).labels?.length)),
  )
  expect(labels.every((count) => count === 1)).toBe(true)
}
