import { describe, expect, it } from 'vitest'
import { personName, personPath } from './persons.ts'

const DEVICE = '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44'
const known = (distinct_ids: string[], properties: Record<string, unknown> = {}) => ({
  id: '42',
  distinct_ids,
  properties,
})

describe('the name of a person', () => {
  it('is the e-mail address rather than the name or an id', () => {
    expect(personName(known(['ann'], { name: 'Ann', email: 'ann@example.com' }))).toBe(
      'ann@example.com',
    )
  })

  it('is the distinct_id that somebody chose rather than that of a device', () => {
    expect(personName(known([DEVICE, 'ann']))).toBe('ann')
  })

  it('is that of the device where there is no other', () => {
    expect(personName(known([DEVICE]))).toBe(DEVICE)
  })

  it('is its number where nothing is known', () => {
    expect(personName(known([]))).toBe('42')
  })

  it.each([[''], ['  '], [7], [null], [{}]])('is no property that is %j', (name) => {
    expect(personName(known(['ann'], { name }))).toBe('ann')
  })
})

describe('the page of a person', () => {
  it('is told by project and number', () => {
    expect(personPath('eu.shop', '42')).toBe('/person?project=eu.shop&id=42')
  })
})
