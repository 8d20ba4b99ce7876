import { describe, expect, it } from 'vitest'
import { nextTopic, readOptions } from './kafka-partitions.ts'

const read = (line: string, env: Record<string, string> = {}) => readOptions(line.split(' '), env)

describe('the command line of kafka-partitions', () => {
  it('names the next topic by its number', () => {
    expect(nextTopic('headwater.events')).toBe('headwater.events.2')
    expect(nextTopic('headwater.events.2')).toBe('headwater.events.3')
    expect(nextTopic('headwater.events.99')).toBe('headwater.events.100')
  })

  it('knows what to do, and where', () => {
    expect(read('--check').command).toBe('check')
    expect(read('--reopen').command).toBe('reopen')
    const { command, config } = read('--partitions 8', {
      KAFKA_TOPIC: 'events.4',
      KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092',
    })
    expect(command).toEqual({ partitions: 8, next: 'events.5', timeoutMs: 600_000 })
    expect(config.KAFKA_BROKERS).toEqual(['kafka-1:9092', 'kafka-2:9092'])
    expect(read('--partitions 8 --topic other --timeout 5').command).toEqual({
      partitions: 8,
      next: 'other',
      timeoutMs: 5_000,
    })
  })

  it.each([
    ['', /--check, --partitions and --reopen/],
    ['--check --reopen', /one of/],
    ['--partitions 0', /--partitions/],
    ['--partitions eight', /--partitions/],
    ['--partitions 8 --topic a/b', /--topic/],
    ['--partitions 8 --topic headwater.events', /another name/],
    ['--partitions 8 --timeout 0', /--timeout/],
    ['--nonsense', /nonsense/],
    ['--check --env nowhere.env', /nowhere.env/],
  ])('refuses "%s"', (line, words) => {
    expect(() => readOptions(line.split(' ').filter(Boolean), {})).toThrow(words)
  })
})
