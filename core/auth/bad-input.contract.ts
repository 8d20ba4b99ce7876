import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from './database.ts'
import { startTestAuth, type TestAuth } from './test-auth.ts'

/** Holds on every database; `open` gives an empty one. */
export function describeBadInput(name: string, open: () => Promise<Database>): void {
  describe(`bad input to auth on ${name}`, () => {
    let auth: TestAuth
    let ann: Awaited<ReturnType<TestAuth['signUp']>>
    beforeAll(async () => {
      auth = await startTestAuth(open)
      ann = await auth.signUp('ann')
    })
    afterAll(() => auth.close())

    it.each([
      ['an upper-case id', { id: 'Shop', name: 'x' }, 'id'],
      ['an id that is too long', { id: 'a'.repeat(21), name: 'x' }, 'id'],
      ['no name', { id: 'shop' }, 'name'],
      ['a blank name', { id: 'shop', name: '  ' }, 'name'],
      ['a name of the wrong type', { id: 'shop', name: 7 }, 'name'],
      ['an id that names a region itself', { id: 'eu.shop', name: 'x' }, 'id'],
      ['a region that there is not', { id: 'shop', name: 'x', region: 'mars' }, 'region'],
      ['a region that is no name', { id: 'shop', name: 'x', region: 'eu.' }, 'region'],
      ['no room for its region', { id: 'a'.repeat(10), name: 'x', region: 'ap-south-1' }, 'id'],
      [
        'a foreign organisation',
        { id: 'shop', name: 'x', organization_id: 'o' },
        'organization_id',
      ],
    ])('names the field when a project has %s', async (_what, json, field) => {
      const answer = await ann('/api/projects', { json })
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_request', field } },
      })
    })

    it.each([
      ['not JSON', '{"id":', 'application/json'],
      ['an unknown field', '{"id":"a","name":"b","owner":"me"}', 'application/json'],
      ['a form', 'id=a&name=b', 'application/x-www-form-urlencoded'],
      ['nothing', '', 'application/json'],
    ])('refuses a body that is %s', async (_what, json, type) => {
      const answer = await ann('/api/projects', { json, headers: { 'content-type': type } })
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
    })

    it('refuses a body over 64 KiB, on our own routes and on the sign-in', async () => {
      const json = { id: 'a', name: 'x'.repeat(70_000) }
      for (const path of ['/api/projects', '/api/auth/sign-in/email']) {
        const answer = await ann(path, { json })
        expect(answer).toMatchObject({ status: 413, body: { error: { code: 'body_too_big' } } })
      }
    })

    it.each(['abc', '0', '-1', '1.5', '99999999', '1%20OR%201=1'])(
      'refuses to revoke the write key %s',
      async (epoch) => {
        const path = `/api/projects/default/write-keys/${epoch}`
        const answer = await ann(path, { method: 'DELETE' })
        expect(answer).toMatchObject({ status: 400, body: { error: { field: 'epoch' } } })
      },
    )

    it('answers every unknown path with an error of the same shape', async () => {
      for (const path of ['/nowhere', '/api/auth/nowhere', '/api/projects/default']) {
        const answer = await ann(path)
        expect([path, answer.status]).toEqual([path, 404])
        expect(answer.body.error).toMatchObject({ code: expect.any(String) })
      }
    })

    it('tells nothing of its insides when the database is gone', async () => {
      const broken = await startTestAuth(open)
      await broken.db.destroy()
      const answer = await broken.call('/_health')
      const checks = { database: 'does not answer' }
      expect(answer).toMatchObject({ status: 503, body: { status: 'failing', checks } })
      const other = await broken.call('/api/auth/sign-in/email', {
        json: { email: 'a@example.com', password: 'correct horse battery' },
      })
      expect(other.status).toBe(500)
      expect(JSON.stringify(other.body)).not.toMatch(/pglite|kysely|select|node_modules/i)
      for (const credential of [`rk_${'a'.repeat(48)}`, 'a'.repeat(32)]) {
        await expect(broken.findAsker(credential)).rejects.toThrow()
      }
      await broken.close()
    })

    describe('watching', () => {
      it('is healthy, and counts requests by route and not by what callers write', async () => {
        expect(await auth.call('/_health')).toMatchObject({ status: 200, body: { status: 'ok' } })
        await auth.call('/api/projects/some-invented-name/write-keys')
        const { body } = await auth.call('/_metrics')
        expect(body).toContain('route="/api/projects/:project/write-keys",status="401"')
        expect(body).not.toContain('some-invented-name')
      })

      it('serves its description, in which every route is there', async () => {
        const { body } = await auth.call('/openapi.json')
        expect(body.openapi).toBe('3.1.0')
        expect(Object.keys(body.paths)).toEqual(
          expect.arrayContaining(['/api/me', '/api/projects', '/api/auth/sign-in/email']),
        )
        const docs = (await auth.call('/docs')).body
        expect(docs).toContain('/openapi.json')
        expect(docs).not.toMatch(/(src|href)="https?:/)
      })
    })
  })
}
