import { REVOCATIONS_PATH, signInternal } from '@headwater/schemas/internal-signature'
import { verifyWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../shared/config.ts'
import { silentLogger } from '../shared/logger.ts'
import type { Database } from './database.ts'
import { startAuth } from './start.ts'
import { SECRETS, startTestAuth, type TestAuth } from './test-auth.ts'

/** Holds on every database; `open` gives an empty one. */
export function describeAuthApi(name: string, open: () => Promise<Database>): void {
  describe(`auth API on ${name}`, () => {
    let auth: TestAuth
    beforeAll(async () => {
      auth = await startTestAuth(open)
    })
    afterAll(() => auth.close())

    it('has the project default with its first write key before anybody signed up', async () => {
      expect(await auth.projectExists('default')).toBe(true)
      expect(await auth.projectExists('other')).toBe(false)
    })

    it('makes the first user the owner of the project default, and nobody after', async () => {
      const ann = await auth.signUp('ann')
      const bob = await auth.signUp('bob')
      expect((await ann('/api/projects')).body.projects).toMatchObject([{ id: 'default' }])
      expect((await ann('/api/me')).body).toMatchObject({
        user: { email: 'ann@example.com' },
        organizations: [{ id: 'default', role: 'owner' }],
      })
      expect((await bob('/api/projects')).body.projects).toEqual([])
      expect((await bob('/api/me')).body.organizations).toMatchObject([{ role: 'owner' }])
    })

    it('answers 404 for the project of somebody else, as for one that is not there', async () => {
      const eve = await auth.signUp('eve')
      for (const project of ['default', 'nowhere']) {
        const path = `/api/projects/${project}`
        const answers = await Promise.all([
          eve(`${path}/write-keys`),
          eve(`${path}/write-keys`, { json: { name: 'mine' } }),
          eve(`${path}/write-keys/1`, { method: 'DELETE' }),
          eve(`${path}/read-keys`),
          eve(`${path}/read-keys`, { json: { name: 'mine' } }),
          eve(`${path}/read-keys/some-id`, { method: 'DELETE' }),
        ])
        expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404])
        expect(answers[0]?.body.error).toMatchObject({ code: 'not_found' })
      }
      expect((await auth.listRevocations()).revoked).toEqual([])
    })

    it('makes a project with a working write key, and refuses its id to everybody else', async () => {
      const carl = await auth.signUp('carl')
      const made = await carl('/api/projects', { json: { id: 'shop', name: 'Shop' } })
      expect(made).toMatchObject({ status: 201, body: { id: 'shop', name: 'Shop' } })
      const { write_keys } = (await carl('/api/projects/shop/write-keys')).body
      expect(write_keys).toMatchObject([{ epoch: 1, revoked_at: null }])
      const key = { project_id: 'shop', epoch: 1 }
      expect(await verifyWriteKey(SECRETS.WRITE_KEY_SECRET, write_keys[0].key)).toEqual(key)
      const dora = await auth.signUp('dora')
      const taken = await dora('/api/projects', { json: { id: 'shop', name: 'Mine' } })
      expect(taken).toMatchObject({ status: 409, body: { error: { code: 'project_exists' } } })
    })

    it('pins a project to a region for good: its id and so its keys say which', async () => {
      const lena = await auth.signUp('lena')
      const json = { id: 'boutique', name: 'Boutique', region: 'eu' }
      const made = await lena('/api/projects', { json })
      expect(made).toMatchObject({ status: 201, body: { id: 'eu.boutique', region: 'eu' } })
      const { write_keys } = (await lena('/api/projects/eu.boutique/write-keys')).body
      expect(write_keys[0].key).toMatch(/^wk_eu\.boutique_1_/)
      expect(await verifyWriteKey(SECRETS.WRITE_KEY_SECRET, write_keys[0].key)).toEqual({
        project_id: 'eu.boutique',
        epoch: 1,
      })
      expect((await lena('/api/projects', { json })).status).toBe(409)
      expect(await auth.projectExists('boutique')).toBe(false)
    })

    it('says the default region of every project that is pinned to none', async () => {
      const mona = await auth.signUp('mona')
      await mona('/api/projects', { json: { id: 'eu-monas', name: 'Looks pinned' } })
      await mona('/api/projects', { json: { id: 'monas', name: 'Pinned', region: 'local' } })
      expect((await mona('/api/projects')).body.projects).toMatchObject([
        { id: 'eu-monas', region: 'local' },
        { id: 'local.monas', region: 'local' },
      ])
    })

    it('numbers write keys that are made at the same time apart', async () => {
      const fred = await auth.signUp('fred')
      await fred('/api/projects', { json: { id: 'busy', name: 'Busy' } })
      const path = '/api/projects/busy/write-keys'
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, i) => fred(path, { json: { name: `key ${i}` } })),
      )
      expect(made.map(({ body }) => body.epoch ?? body).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    })

    it('lists a revoked write key to the edge, once, with a signed request', async () => {
      const gina = await auth.signUp('gina')
      await gina('/api/projects', { json: { id: 'leaky', name: 'Leaky' } })
      await gina('/api/projects/leaky/write-keys', { json: { name: 'second' } })
      const first = await gina('/api/projects/leaky/write-keys/1', { method: 'DELETE' })
      const again = await gina('/api/projects/leaky/write-keys/1', { method: 'DELETE' })
      expect(first.body.revoked_at).toMatch(/^20/)
      expect(again.body).toEqual(first.body)
      const answer = await revocations(auth, SECRETS.BRIDGE_SECRET, Date.now())
      expect(answer).toMatchObject({
        status: 200,
        body: { revoked: [{ project_id: 'leaky', epoch: 1 }] },
      })
      const missing = await gina('/api/projects/leaky/write-keys/77', { method: 'DELETE' })
      expect(missing.status).toBe(404)
    })

    it('refuses the revocation list to unsigned, wrongly signed and old requests', async () => {
      const late = Date.now() - 5 * 60_000 - 1_000
      for (const answer of [
        await auth.call('/internal/revocations'),
        await revocations(auth, SECRETS.AUTH_SECRET, Date.now()),
        await revocations(auth, SECRETS.BRIDGE_SECRET, late),
      ]) {
        expect(answer).toMatchObject({ status: 401, body: { error: { code: 'bad_signature' } } })
      }
    })

    it('answers to the secret that was before, while it is being changed', async () => {
      const previous = 'a secret that was used until yesterday'
      const db = await open()
      const config = readConfig({ ...SECRETS, AUTH_PORT: '0', BRIDGE_SECRET_PREVIOUS: previous })
      const service = await startAuth({ config, logger: silentLogger, db })
      const statuses = []
      for (const secret of [SECRETS.BRIDGE_SECRET, previous, SECRETS.AUTH_SECRET]) {
        const headers = await signInternal(secret, REVOCATIONS_PATH, Date.now())
        statuses.push((await fetch(`${service.url}${REVOCATIONS_PATH}`, { headers })).status)
      }
      await service.close()
      expect(statuses).toEqual([200, 200, 401])
    })

    it('shows a read key once, keeps only its hash, and opens its own project with it', async () => {
      const hank = await auth.signUp('hank')
      await hank('/api/projects', { json: { id: 'hanks', name: 'Hanks' } })
      await hank('/api/projects', { json: { id: 'hanks-2', name: 'Other' } })
      const made = await hank('/api/projects/hanks/read-keys', { json: { name: 'report' } })
      expect(made).toMatchObject({ status: 201, body: { name: 'report', expires_at: null } })
      const { key, id } = made.body
      expect(key).toMatch(/^rk_\w{48}$/)
      const reader = { name: 'report', projects: [{ id: 'hanks', role: 'reader' }] }
      expect(await auth.findAsker(key)).toEqual(reader)
      const listed = await hank('/api/projects/hanks/read-keys')
      expect(listed.body.read_keys).toMatchObject([{ id, start: key.slice(0, 8) }])
      const stored = await auth.db.selectFrom('apikey').selectAll().execute()
      expect(JSON.stringify([listed.body, stored])).not.toContain(key)
      expect((await hank('/api/projects/hanks-2/read-keys')).body.read_keys).toEqual([])
      const wrong = `/api/projects/hanks-2/read-keys/${id}`
      expect((await hank(wrong, { method: 'DELETE' })).status).toBe(404)
      const right = `/api/projects/hanks/read-keys/${id}`
      expect((await hank(right, { method: 'DELETE' })).status).toBe(204)
      expect(await auth.findAsker(key)).toBeNull()
    })

    it('opens nothing with a key that is not one', async () => {
      for (const key of [
        '',
        'rk_',
        `rk_${'a'.repeat(48)}`,
        `rk_${'a'.repeat(5_000)}`,
        'wk_x_1_2',
      ]) {
        expect(await auth.findAsker(key)).toBeNull()
      }
    })

    it("keeps better-auth's own key routes shut", async () => {
      const ivy = await auth.signUp('ivy')
      const organizationId = (await ivy('/api/me')).body.organizations[0].id
      const json = { configId: 'read', name: 'sly', organizationId }
      expect((await ivy('/api/auth/api-key/create', { json })).status).toBe(404)
      expect((await ivy('/api/auth/api-key/list')).status).toBe(404)
    })
  })
}

async function revocations(auth: TestAuth, secret: string, time: number) {
  const headers = await signInternal(secret, '/internal/revocations', time)
  return auth.call('/internal/revocations', { headers })
}
