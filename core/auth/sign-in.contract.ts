import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from './database.ts'
import { admitUser } from './projects.ts'
import { SITE, startTestAuth, type TestAuth } from './test-auth.ts'

/** Holds on every database; `open` gives an empty one. */
export function describeSignIn(name: string, open: () => Promise<Database>): void {
  describe(`signing in, on ${name}`, () => describeSigningIn(open))
  describe(`a member who is not an admin, on ${name}`, () => describeMember(open))
}

function describeSigningIn(open: () => Promise<Database>): void {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await startTestAuth(open)
  })
  afterAll(() => auth.close())

  it('ends with signing out: the session opens nothing any more', async () => {
    const ann = await auth.signUp('ann')
    expect((await ann('/api/me')).status).toBe(200)
    expect((await ann('/api/auth/sign-out', { json: {} })).status).toBe(200)
    expect((await ann('/api/me')).status).toBe(401)
  })

  it('ends by the header too, for pages that have no cookie of ours', async () => {
    await auth.signUp('ivy')
    const headers = { authorization: `Bearer ${await auth.signIn('ivy')}`, origin: SITE }
    expect((await auth.call('/api/me', { headers })).status).toBe(200)
    const left = await auth.call('/api/auth/sign-out', { headers, json: {} })
    expect(left).toMatchObject({ status: 200, body: { success: true } })
    expect(left.headers.get('access-control-allow-origin')).toBe(SITE)
    expect((await auth.call('/api/me', { headers })).status).toBe(401)
  })

  it('is needed for everything about projects', async () => {
    const paths = ['/api/me', '/api/projects', '/api/projects/default/write-keys']
    for (const path of [...paths, '/api/projects/default/read-keys']) {
      const answer = await auth.call(path)
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
    }
    const posted = await auth.call('/api/projects', { json: { id: 'x', name: 'X' } })
    expect(posted.status).toBe(401)
  })

  it('gives a cookie that scripts cannot read and other sites do not send', async () => {
    const json = { name: 'cid', email: 'cid@example.com', password: 'correct horse battery' }
    const { headers } = await auth.call('/api/auth/sign-up/email', { json })
    const [cookie] = headers.getSetCookie()
    expect(cookie).toMatch(/^headwater\.session_token=.*; HttpOnly; SameSite=Lax$/)
    expect(headers.get('access-control-allow-origin')).toBe(SITE)
  })

  it('fails alike for a wrong password and an unknown user', async () => {
    await auth.signUp('dan')
    const wrong = await signIn('dan@example.com', 'not the password')
    const unknown = await signIn('nobody@example.com', 'not the password')
    expect(wrong.status).toBe(401)
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body])
    expect(wrong.body.error.message).toBe(wrong.body.message)
  })

  it('refuses a short password by name', async () => {
    const json = { name: 'e', email: 'e@example.com', password: 'short' }
    const answer = await auth.call('/api/auth/sign-up/email', { json })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'password_too_short' } } })
  })

  it('stops guessing after ten tries a minute, whatever address the guesser claims', async () => {
    await auth.signUp('flo')
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) {
      const headers = { 'x-forwarded-for': `10.0.0.${i}`, 'x-headwater-client-ip': `10.0.1.${i}` }
      const { status, headers: answered } = await signIn('flo@example.com', `guess ${i}`, headers)
      statuses.push(status)
      if (status !== 429) continue
      const seconds = Number(answered.get('retry-after'))
      expect(seconds > 0 && seconds <= 60).toBe(true)
    }
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(statuses.slice(10)).toEqual([429, 429])
    await auth.db.deleteFrom('rateLimit').execute()
  })

  it('is refused to the pages of another site', async () => {
    const headers = { origin: 'http://evil.example' }
    const answer = await signIn('dan@example.com', 'correct horse battery', headers)
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'origin_not_allowed' } } })
  })

  it('gives a user whose admission was cut off a place with the next request', async () => {
    const gus = await auth.signUp('gus')
    const { user } = (await gus('/api/me')).body
    await auth.db.deleteFrom('member').where('userId', '=', user.id).execute()
    expect((await gus('/api/me')).body.organizations).toMatchObject([{ role: 'owner' }])
    await admitUser(auth.db, user)
    expect((await gus('/api/me')).body.organizations).toHaveLength(1)
  })

  function signIn(email: string, password: string, headers: Record<string, string> = {}) {
    return auth.call('/api/auth/sign-in/email', { json: { email, password }, headers })
  }
}

function describeMember(open: () => Promise<Database>): void {
  let auth: TestAuth
  beforeAll(async () => {
    auth = await startTestAuth(open)
  })
  afterAll(() => auth.close())

  it('sees the keys but may neither make nor revoke any', async () => {
    const owner = await auth.signUp('olga')
    await owner('/api/projects', { json: { id: 'team', name: 'Team' } })
    const organizationId = (await owner('/api/me')).body.organizations[0].id
    const member = await auth.signUp('mia')
    const userId = (await member('/api/me')).body.user.id
    await auth.db
      .insertInto('member')
      .values({ id: 'm-1', organizationId, userId, role: 'member', createdAt: new Date() })
      .execute()
    const path = '/api/projects/team'
    expect((await member(`${path}/write-keys`)).body.write_keys).toHaveLength(1)
    const refused = [
      await member(`${path}/write-keys`, { json: { name: 'x' } }),
      await member(`${path}/write-keys/1`, { method: 'DELETE' }),
      await member(`${path}/read-keys`, { json: { name: 'x' } }),
      await member(`${path}/read-keys/any`, { method: 'DELETE' }),
      await member('/api/projects', {
        json: { id: 'x', name: 'X', organization_id: organizationId },
      }),
    ]
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403])
    const unclear = await member('/api/projects', { json: { id: 'mine', name: 'X' } })
    expect(unclear).toMatchObject({ status: 400, body: { error: { field: 'organization_id' } } })
  })
}
