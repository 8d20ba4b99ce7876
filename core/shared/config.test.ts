import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES, readConfig } from './config.ts'

describe('the shipped examples', () => {
  it('yield the same configuration: the complete one holds the defaults', () => {
    expect(readConfig(parseEnv(read('full.env')))).toEqual(
      readConfig(parseEnv(read('minimal.env'))),
    )
  })

  it('name every variable in the complete one, each below a line that explains it', () => {
    const lines = read('full.env').split('\n')
    const named = lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? [])
    expect(named.toSorted()).toEqual(CONFIG_VARIABLES.toSorted())
    lines.forEach((line, i) => {
      if (line.includes('=') && !line.startsWith('#')) expect(lines[i - 1]).toMatch(/^# [A-Z]/)
    })
  })
})

describe('readConfig', () => {
  const secrets = parseEnv(read('minimal.env'))

  it('names every variable that is wrong, not only the first', () => {
    const env = { ...secrets, AUTH_PORT: '70000', SITE_ORIGINS: 'x', CONSUMER_LINGER_MS: 'soon' }
    expect(() => readConfig(env)).toThrow(/AUTH_PORT.*SITE_ORIGINS.*CONSUMER_LINGER_MS/s)
    expect(() => readConfig({})).toThrow(/WRITE_KEY_SECRET.*BRIDGE_SECRET.*AUTH_SECRET/s)
  })

  it('takes an empty value for one that is not set', () => {
    expect(readConfig({ ...secrets, QUERY_PORT: '' }).QUERY_PORT).toBe(8001)
  })

  it('reads lists without minding their spaces', () => {
    const env = {
      ...secrets,
      ALLOWED_HOSTS: ' Auth.example.com, query ',
      SITE_ORIGINS: 'http://a , http://b',
      REGIONS: 'us, eu',
    }
    expect(readConfig(env)).toMatchObject({
      ALLOWED_HOSTS: ['auth.example.com', 'query'],
      SITE_ORIGINS: ['http://a', 'http://b'],
      REGIONS: ['us', 'eu'],
    })
  })

  it('lets everybody ask only where nobody else can reach it, or when told so', () => {
    const accessOf = (env: object) => readConfig({ ...secrets, ...env }).QUERY_ACCESS
    for (const HOST of ['', '127.0.0.1', '127.8.8.8', 'localhost', '::1']) {
      expect(accessOf({ HOST }), HOST).toBe('open')
      expect(accessOf({ HOST, QUERY_ACCESS: 'required' }), HOST).toBe('required')
      expect(accessOf({ HOST, ALLOWED_HOSTS: 'query.example.com' }), HOST).toBe('required')
    }
    for (const HOST of ['0.0.0.0', '::', '10.0.0.7', 'localhost.example.com', '127.0.0.1.nip.io']) {
      expect(accessOf({ HOST }), HOST).toBe('required')
      expect(accessOf({ HOST, QUERY_ACCESS: 'open' }), HOST).toBe('open')
    }
    expect(() => accessOf({ QUERY_ACCESS: 'Open' })).toThrow(/QUERY_ACCESS/)
  })

  it('takes only names that a project’s id can hold, and a bridge of one of them', () => {
    for (const REGIONS of ['us,Europe', 'us,,eu', 'eleven-long', ',']) {
      expect(() => readConfig({ ...secrets, REGIONS }), REGIONS).toThrow('REGIONS')
    }
    const us = { ...secrets, REGIONS: 'us,eu', BRIDGE_REGION: 'us' }
    expect(readConfig(us).BRIDGE_REGION).toBe('us')
    expect(() => readConfig({ ...us, BRIDGE_REGION: 'mars' })).toThrow(/BRIDGE_REGION.*REGIONS/)
  })

  it('wants to know whom mail is from, and shows no password of what is wrong', () => {
    const SMTP_URL = 'smtp://me:hunter2@mail.example.com'
    const mail = { ...secrets, SMTP_URL, MAIL_FROM: 'Us <us@example.com>' }
    expect(readConfig(mail)).toMatchObject({ SMTP_URL, MAIL_FROM: 'Us <us@example.com>' })
    expect(() => readConfig({ ...secrets, SMTP_URL })).toThrow(/MAIL_FROM: is needed with SMTP_URL/)
    expect(() => readConfig({ ...mail, MAIL_FROM: 'us' })).toThrow(/MAIL_FROM: must be an address/)
    const wrong = { ...mail, SMTP_URL: `${SMTP_URL}/?pool=true` }
    expect(() => readConfig(wrong)).toThrow(/SMTP_URL: must be smtp/)
    expect(() => readConfig(wrong)).not.toThrow(/hunter2/)
  })
})

function read(name: string): string {
  return readFileSync(new URL(`../../infra/env/${name}`, import.meta.url), 'utf8')
}
