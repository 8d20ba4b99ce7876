import { describe, expect, it } from 'vitest'
import { countryLetters } from './country-codes.ts'
import { COUNTRY_SHAPES } from './country-shapes.ts'

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** Names that the map writes in another way than the code's own. */
const OTHERWISE: Record<string, string> = {
  'Bosnia and Herz.': 'BA',
  'Central African Rep.': 'CF',
  Congo: 'CG',
  'Dem. Rep. Congo': 'CD',
  'Dominican Rep.': 'DO',
  'Eq. Guinea': 'GQ',
  'Falkland Is.': 'FK',
  'Fr. S. Antarctic Lands': 'TF',
  Macedonia: 'MK',
  Myanmar: 'MM',
  Palestine: 'PS',
  'S. Sudan': 'SS',
  'Solomon Is.': 'SB',
  Turkey: 'TR',
  'United States of America': 'US',
  'W. Sahara': 'EH',
  eSwatini: 'SZ',
}
const plain = (name: string) =>
  name
    .replace('&', 'and')
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase()

describe('the countries of the map', () => {
  it('carry the letters of the country whose name they have', () => {
    const wrong = COUNTRY_SHAPES.filter(({ properties: { name, country } }) => {
      const expected = OTHERWISE[name]
      if (expected !== undefined) return country !== expected
      return country !== null && plain(names.of(country) ?? '') !== plain(name)
    })
    expect(wrong.map(({ properties }) => properties)).toEqual([])
  })

  it('are each another, and but for two places that no code stands for all have one', () => {
    const letters = COUNTRY_SHAPES.flatMap(({ properties }) => properties.country ?? [])
    expect(new Set(letters).size).toBe(letters.length)
    const nameless = COUNTRY_SHAPES.filter(({ properties }) => properties.country === null)
    expect(nameless.map(({ properties }) => properties.name).sort()).toEqual([
      'N. Cyprus',
      'Somaliland',
    ])
  })

  it('are known by no number that is none', () => {
    expect([countryLetters('276'), countryLetters('000'), countryLetters('')]).toEqual([
      'DE',
      null,
      null,
    ])
  })
})
