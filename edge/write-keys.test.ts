import { env } from 'cloudflare:workers'
import { signWriteKey } from '@headwater/schemas/write-key'
import { beforeEach, describe, expect, it } from 'vitest'
import { edgeConfig } from './config.ts'
import { core, until } from './test/core.ts'
import { writeKeyOf } from './test/edge.ts'
import { oneKey, WriteKeys } from './write-keys.ts'

const waitUntil = (work: Promise<unknown>) => void work

beforeEach(() => core.revokes([]))

describe('a write key', () => {
  it('names its project by its own signature', async () => {
    expect(await authenticate(fresh(), [await writeKeyOf('shop', 3)])).toBe('shop')
  })

  it('is refused with a wrong mac, another secret, or too long', async () => {
    const key = await writeKeyOf('shop')
    const foreign = await signWriteKey('another-secret-of-at-least-32-characters', {
      project_id: 'shop',
      epoch: 1,
    })
    const keys = fresh()
    for (const wrong of [
      key.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      foreign,
      `${key}0`,
      'x'.repeat(500),
    ]) {
      // Twice: what was found wrong once is remembered as wrong.
      await expect(authenticate(keys, [wrong])).rejects.toMatchObject({
        code: 'invalid_write_key',
        status: 401,
      })
      await expect(authenticate(keys, [wrong])).rejects.toMatchObject({
        code: 'invalid_write_key',
      })
    }
  })

  it('works while the auth service is away; a wrong one does not', async () => {
    await core.revokes([{ project_id: 'shop', epoch: 1 }], true)
    const keys = fresh()
    expect(await authenticate(keys, [await writeKeyOf('shop')])).toBe('shop')
    await expect(
      authenticate(keys, ['wk_shop_1_00000000000000000000000000000000']),
    ).rejects.toMatchObject({ status: 401 })
  })

  it('that is revoked is refused from an isolate’s first request on, and its next epoch works', async () => {
    await core.revokes([{ project_id: 'shop', epoch: 1 }])
    const keys = fresh()
    await expect(authenticate(keys, [await writeKeyOf('shop', 1)])).rejects.toMatchObject({
      code: 'revoked_write_key',
      status: 401,
    })
    expect(await authenticate(keys, [await writeKeyOf('shop', 2)])).toBe('shop')
  })

  it('stops working soon after it is revoked, without anybody waiting for the list', async () => {
    const keys = fresh()
    const key = await writeKeyOf('shop')
    expect(await authenticate(keys, [key])).toBe('shop')
    await core.revokes([{ project_id: 'shop', epoch: 1 }])
    await until('a refusal', () =>
      authenticate(keys, [key]).then(
        () => false,
        ({ code }) => code === 'revoked_write_key',
      ),
    )
    // The service goes away: what is known stays known.
    await core.revokes([], true)
    await new Promise((resolve) => setTimeout(resolve, 150))
    await expect(authenticate(keys, [key])).rejects.toMatchObject({
      code: 'revoked_write_key',
    })
  })
})

function fresh(): WriteKeys {
  return new WriteKeys(edgeConfig(env))
}

// As capture does it.
async function authenticate(keys: WriteKeys, named: readonly string[]): Promise<string> {
  const key = oneKey(named)
  if (keys.isListOld()) await keys.freshenLists(waitUntil)
  if (!keys.isVerified(key)) await keys.verify(key)
  return keys.ownerOf(key).projectId
}
