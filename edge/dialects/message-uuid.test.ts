import { describe, expect, it } from 'vitest'
import { messageUuid } from './message-uuid.ts'

const UUID = '743be593-7789-4b74-8078-cbcc8894c586'

describe('the uuid of a message', () => {
  it('is its id, or the UUID that Segment’s clients put there', () => {
    expect(messageUuid(UUID)).toBe(UUID)
    expect(messageUuid(UUID.toUpperCase())).toBe(UUID)
    expect(messageUuid(`node-next-1668208232027-${UUID}`)).toBe(UUID)
    expect(messageUuid(`ajs-next-1668208232027-${UUID}`)).toBe(UUID)
  })

  it('is not the UUID of an order that several messages are about', () => {
    const made = ['ordered', 'paid', 'sent'].map((word) => messageUuid(`${word}-${UUID}`))
    expect(new Set([...made, UUID]).size).toBe(4)
  })

  it('is made of any other id, the same for the same, by RFC 9562', () => {
    const made = messageUuid('order-77')
    expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(messageUuid('order-77')).toBe(made)
    expect(messageUuid('order-78')).not.toBe(made)
    // Pinned: another one would store the retries of an upgrade's night twice.
    expect(made).toBe('a00062e8-a7c7-5818-9ed4-7f20b50fb8d3')
  })
})
