import { ASKERS_PATH, askerPath, signInternal } from '@headwater/schemas/internal-signature'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from './database.ts'
import { SECRETS, startTestAuth, type TestAuth } from './test-auth.ts'

/** Holds on every database; `open` gives an empty one. */
export function describeAskers(name: string, open: () => Promise<Database>): void {
  describe(`who holds a credential, on ${name}`, () => {
    let auth: TestAuth
    let organizationId: string
    let readKey: string
    beforeAll(async () => {
      auth = await startTestAuth(open)
      const olga = await auth.signUp('olga')
      organizationId = (await olga('/api/me')).body.organizations[0].id
      await olga('/api/projects', { json: { id: 'team', name: 'Team' } })
      const made = await olga('/api/projects/team/read-keys', { json: { name: 'wall' } })
      readKey = made.body.key
    })
    afterAll(() => auth.close())

    it('is a user with their role in every project of their organisations', async () => {
      const projects = [
        { id: 'default', role: 'owner' },
        { id: 'team', role: 'owner' },
      ]
      const token = await auth.signIn('olga')
      expect(await auth.findAsker(token)).toEqual({ name: 'olga@example.com', projects })
    })

    it('has the highest of several roles, and none in projects of others', async () => {
      const mia = await auth.signUp('mia')
      await mia('/api/projects', { json: { id: 'mias', name: 'Mia' } })
      const token = await auth.signIn('mia')
      expect((await auth.findAsker(token))?.projects).toEqual([{ id: 'mias', role: 'owner' }])
      await auth.join('mia', organizationId, 'member,admin,gardener')
      const projects = (await auth.findAsker(token))?.projects
      expect(projects).toContainEqual({ id: 'team', role: 'admin' })
      expect(projects).toContainEqual({ id: 'mias', role: 'owner' })
    })

    it('is nobody when the session has ended, or was never there', async () => {
      await auth.signUp('sam')
      const token = await auth.signIn('sam')
      expect(await auth.findAsker(token)).not.toBeNull()
      await auth.db
        .updateTable('session')
        .set({ expiresAt: new Date(Date.now() - 1) })
        .where('token', '=', token)
        .execute()
      expect(await auth.findAsker(token)).toBeNull()
      for (const text of ['', 'a'.repeat(32), '%', "' OR 1=1 --", '\0']) {
        expect(await auth.findAsker(text), text).toBeNull()
      }
    })

    it('is told to our own services only, for the credential that they signed', async () => {
      const asker = { name: 'wall', projects: [{ id: 'team', role: 'reader' }] }
      expect(await ask(readKey)).toMatchObject({ status: 200, body: { asker } })
      expect(await ask('a'.repeat(32))).toMatchObject({ status: 200, body: { asker: null } })
      expect((await ask(readKey, 'a'.repeat(32))).status).toBe(401)
      expect((await ask(readKey, readKey, SECRETS.AUTH_SECRET)).status).toBe(401)
      const unsigned = await auth.call(ASKERS_PATH, { json: { credential: readKey } })
      expect(unsigned.status).toBe(401)
    })

    async function ask(credential: string, signed = credential, secret = SECRETS.BRIDGE_SECRET) {
      const headers = await signInternal(secret, askerPath(signed), Date.now())
      return auth.call(ASKERS_PATH, { headers, json: { credential } })
    }
  })
}
