import { describe, expect, it } from 'vitest'
import { parseMailbox, parseMailServer } from './mail-server.ts'

describe('the address of a mail server', () => {
  it.each([
    ['smtp://localhost', { host: 'localhost', port: 587, secure: false }],
    ['smtps://mail.example.com/', { host: 'mail.example.com', port: 465, secure: true }],
    ['smtp://[::1]:2525', { host: '::1', port: 2525, secure: false }],
    [
      'smtp://me%40example.com:p%2Fw%3A@mail.example.com:25',
      {
        ...{ host: 'mail.example.com', port: 25, secure: false },
        login: { user: 'me@example.com', password: 'p/w:' },
      },
    ],
  ])('is understood: %s', (text, server) => expect(parseMailServer(text)).toEqual(server))

  it.each([
    ...['mail.example.com', 'http://mail.example.com', 'smtp://', 'smtp://a b', 'smtp:localhost'],
    ...['smtp://h:0', 'smtp://h:99999', 'smtp://h/path', 'smtp://h?pool=true', 'smtp://h#x'],
    ...['smtp://user@h', 'smtp://:pw@h', 'smtp://user:%zz@h', 'smtp://one,two'],
  ])('is refused: %s', (text) => expect(parseMailServer(text)).toBeNull())
})

describe('whom mail is from', () => {
  it.each([
    ['ann@example.com', { name: '', address: 'ann@example.com' }],
    ['Our Numbers <ann@example.com>', { name: 'Our Numbers', address: 'ann@example.com' }],
  ])('is understood: %s', (text, mailbox) => expect(parseMailbox(text)).toEqual(mailbox))

  it.each([
    ...['ann', '<ann@example.com>', 'a@example.com, b@example.com', 'Ann ann@example.com'],
    ...['A\r\nBcc: b@example.com <a@example.com>', 'A <a@example.com>\r\nBcc: b@example.com'],
    ...['A <a@example.com> <b@example.com>', 'a@example.com\n'],
  ])('is refused: %j', (text) => expect(parseMailbox(text)).toBeNull())
})
