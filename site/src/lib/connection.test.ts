import { describe, expect, it } from 'vitest'
import { normalizeUrl, saveConnection, savedConnection, savedCredential } from './connection.ts'

describe('the connection', () => {
  it.each([
    ['http://localhost:8001', 'http://localhost:8001'],
    [' http://localhost:8001/ ', 'http://localhost:8001'],
    ['localhost:8001', 'http://localhost:8001'],
    ['https://a.example/query//', 'https://a.example/query'],
    ['https://user:secret@a.example?x#y', 'https://a.example'],
  ])('takes %s as %s', (typed, url) => {
    expect(normalizeUrl(typed)).toBe(url)
  })

  it.each(['', 'ftp://a.example', 'javascript:alert(1)', 'http://', 'a b'])(
    'refuses "%s" as an address',
    (typed) => {
      expect(normalizeUrl(typed)).toBeNull()
    },
  )

  it('remembers what was saved, and nothing when storage holds something else', () => {
    const held = new Map<string, string>()
    const storage = {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
    }
    expect(savedConnection(storage)).toBeNull()
    saveConnection({ url: 'http://a', project: 'p' }, storage)
    expect(savedConnection(storage)).toEqual({ url: 'http://a', project: 'p' })
    saveConnection({ url: 'http://a', project: 'p', readKey: 'rk_1' }, storage)
    expect(savedConnection(storage)).toEqual({ url: 'http://a', project: 'p', readKey: 'rk_1' })
    expect(savedCredential('http://a', savedConnection(storage))).toBe('rk_1')
    expect(savedCredential('http://b', savedConnection(storage))).toBeNull()
    const session = { token: 'secret', email: 'ann@example.com', auth_url: 'http://auth' }
    saveConnection({ url: 'http://a', project: 'p', session }, storage)
    expect(savedCredential('http://a', savedConnection(storage))).toBe('secret')
    expect(savedCredential('http://auth', savedConnection(storage))).toBeNull()
    const mangled = JSON.stringify({ url: 'http://a', project: 'p', session: { token: 7 } })
    expect(savedConnection({ getItem: () => mangled })).toEqual({ url: 'http://a', project: 'p' })
    for (const text of ['{', '7', '{"url":1}']) {
      expect(savedConnection({ getItem: () => text })).toBeNull()
    }
  })
})
