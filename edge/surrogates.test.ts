import { describe, expect, it } from 'vitest'
import { mendSurrogates } from './surrogates.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const bytesOf = (hex: string) =>
  Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16))

describe('mendSurrogates', () => {
  it('makes one character of two surrogates of three bytes each', () => {
    const cesu8 = bytesOf('61 ed a0 bd ed ba b2 7a ed af bf ed bf bf')
    expect(utf8.decode(mendSurrogates(cesu8))).toBe('a🚲z\u{10ffff}')
  })

  it('leaves UTF-8 as it is, with what begins like a surrogate too', () => {
    const text = new TextEncoder().encode('Zoë 🚲 ퟿ 한')
    expect(mendSurrogates(text)).toBe(text)
  })

  it('leaves a surrogate without its other half for the decoder to replace', () => {
    const lone = bytesOf('ed a0 bd 61 ed ba b2')
    expect(mendSurrogates(lone)).toBe(lone)
  })
})
