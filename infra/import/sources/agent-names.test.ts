import { expect, it } from 'vitest'
import { browserName, systemName } from './agent-names.ts'
import { countryCode } from './country-code.ts'

it.each([
  ['Chrome iOS', 'Chrome'],
  ['Mobile Safari', 'Safari'],
  ['Safari (in-app)', 'Safari'],
  ['Edge', 'Microsoft Edge'],
  ['edge-chromium', 'Microsoft Edge'],
  ['crios', 'Chrome'],
  ['fxios', 'Firefox'],
  ['Samsung Internet', 'Samsung Internet for Android'],
  ['Vivaldi', 'Vivaldi'],
])('names the browser %s as capture does: %s', (name, known) => {
  expect(browserName(name)).toBe(known)
})

it.each([
  ['Mac OS X', 'macOS'],
  ['Macintosh', 'macOS'],
  ['Windows 10', 'Windows'],
  ['ios', 'iOS'],
  ['Android OS', 'Android'],
  ['Chrome OS', 'Chrome OS'],
  ['Haiku', 'Haiku'],
])('names the system %s as capture does: %s', (name, known) => {
  expect(systemName(name)).toBe(known)
})

it.each([
  ['Germany', 'DE'],
  ['United States', 'US'],
  ['Türkiye', 'TR'],
  ['Turkey', 'TR'],
  ['Hong Kong', 'HK'],
  ['Myanmar (Burma)', 'MM'],
  ['Bosnia & Herzegovina', 'BA'],
  ['Côte d’Ivoire', 'CI'],
  ['Czechia', 'CZ'],
  ['South Korea', 'KR'],
  ['Atlantis', 'Atlantis'],
])('knows the country %s as %s', (name, code) => {
  expect(countryCode(name)).toBe(code)
})
