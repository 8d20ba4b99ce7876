import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeEventLog, record } from './log.contract.ts'
import { partitionOf } from './murmur2.ts'
import { openSqliteLog } from './sqlite.ts'

const newPath = () => join(mkdtempSync(join(tmpdir(), 'headwater-log-')), 'log.sqlite')
const open = (path = newPath(), clock = () => 1_000) =>
  openSqliteLog({ path, partitions: 4, clock })

describeEventLog('sqlite', async () => open(newPath(), Date.now))

it('keeps records, commits and its id when it is opened again', async () => {
  const path = newPath()
  const log = open(path)
  await log.append([record('default:ann', 1, 0), record('default:ann', 1, 1)])
  const partition = partitionOf('default:ann', 4)
  const standing = { next: 1, planned: 2, lastAppendedAt: 1_000 }
  log.keepStanding('group', partition, standing)
  await log.close()
  const again = open(path)
  expect(again.id).toBe(log.id)
  expect(again.read(partition, 0, 10).map(({ idx }) => idx)).toEqual([0, 1])
  expect(again.standing('group', partition)).toEqual(standing)
  expect(await again.progress('group')).toEqual([{ partition, next: 1, lastAppendedAt: 1_000 }])
  expect(again.end(partition)).toBe(2)
  await again.close()
})

it('is another log when its file is another', () => {
  expect(open().id).not.toBe(open().id)
})

it('removes only what is old and what every group has read', async () => {
  let now = 1_000
  const log = open(newPath(), () => now)
  await log.append([record('default:ann', 1, 0)])
  now = 2_000
  await log.append([record('default:ann', 2, 0)])
  const partition = partitionOf('default:ann', 4)
  expect(log.retain(1_500)).toBe(0)
  log.keepStanding('group', partition, { next: 2, planned: null, lastAppendedAt: 2_000 })
  expect(log.retain(1_500)).toBe(1)
  expect((await log.partitions())[partition]).toMatchObject({ start: 1, end: 2 })
  expect(log.read(partition, 0, 10).map(({ seq }) => seq)).toEqual([2])
  await log.close()
})

// Vectors of Kafka's own test of its Utils.murmur2 (org.apache.kafka.common.utils.UtilsTest).
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as Kafka does', async (key, hash) => {
  const { murmur2 } = await import('./murmur2.ts')
  expect(murmur2(new TextEncoder().encode(key)) | 0).toBe(hash)
})
