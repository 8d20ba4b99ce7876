import { describe, expect, it } from 'vitest'
import { messageParser, Watchdog } from './event-stream.ts'

describe('a stream of server-sent events', () => {
  const text =
    ': hello\n\nevent: active\ndata: {"visitors":2}\n\n: beat\n\nevent: events\ndata: {\ndata: }\n\ndata:x\n\n'
  const messages = [
    { event: 'active', data: '{"visitors":2}' },
    { event: 'events', data: '{\n}' },
    { event: 'message', data: 'x' },
  ]

  it('is read wherever it is cut', () => {
    for (let length = 1; length <= text.length; length++) {
      const parse = messageParser()
      const pieces = text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? []
      expect(pieces.flatMap(parse)).toEqual(messages)
    }
  })

  it('holds back a message that is not complete', () => {
    const parse = messageParser()
    expect(parse('event: active\ndata: 1\n')).toEqual([])
    expect(parse('\n')).toEqual([{ event: 'active', data: '1' }])
  })

  it('is given up when nothing is heard of it', async () => {
    const watchdog = new Watchdog(60)
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30))
      watchdog.heard()
    }
    expect(watchdog.signal.aborted).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(watchdog.signal.aborted).toBe(true)
  })
})
