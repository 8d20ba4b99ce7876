import { expect, it } from 'vitest'
import { Progress } from './progress.ts'
import { isWhole, report } from './report.ts'
import type { FileState } from './state.ts'

const MEBIBYTE = 1024 * 1024

it('says how far it is, how fast, and how long it will take', () => {
  const { progress, clock } = progressOf(100, true)
  progress.read(10 * MEBIBYTE)
  progress.counted([file({ accepted: 1_000 })])
  clock.now += 10_000
  progress.read(20 * MEBIBYTE)
  progress.counted([file({ accepted: 21_000, dropped: { missing_event: 3 } })])
  expect(progress.line(clock.now)).toBe(
    '30 % · 30.0 of 100.0 MiB · 21,000 events · 3 dropped · 2,000 events/s · 35 s left',
  )
})

it('is a line every few seconds where there is no terminal, and one that changes where there is', () => {
  const quiet = progressOf(100, false)
  for (let i = 0; i < 100; i++) {
    quiet.clock.now += 100
    quiet.progress.read(MEBIBYTE)
  }
  expect(quiet.written).toHaveLength(2)
  expect(quiet.written[0]).toBe('50 % · 50.0 of 100.0 MiB · 0 events\n')
  const shown = progressOf(100, true)
  shown.clock.now += 1_000
  shown.progress.read(MEBIBYTE)
  expect(shown.written).toEqual(['\r\u001b[K1 % · 1.0 of 100.0 MiB · 0 events'])
})

it('says at once that it waits, and why', () => {
  const { progress, written } = progressOf(100, false)
  progress.waits('http://capture answers 503 backlog_full', 2_500)
  expect(written).toEqual([
    '0 % · 0.0 of 100.0 MiB · 0 events · waiting, again in 2.5 s: http://capture answers 503 backlog_full\n',
  ])
})

it('reports each file and all, by reason, and where the first drops stand', () => {
  const first = { file: '/x/b.json', line: 7, reason: 'past', message: 'Too old.', uuid: null }
  const files = [
    file({ path: '/x/a.json', rows: 1_500, accepted: 1_400, skipped: { 'before --since': 100 } }),
    file({
      path: '/x/b.json',
      rows: 3,
      accepted: 1,
      dropped: { past: 1, missing_event: 1 },
      first_drops: [first],
      is_complete: false,
    }),
  ]
  const options = {
    seconds: 2,
    acceptedBefore: 401,
    retries: 1,
    rejectsPath: '/r',
    isDryRun: false,
  }
  expect(report({ files, ...options }).split('\n')).toEqual([
    '  a.json: 1,500 rows · 1,400 accepted · 0 dropped · 100 skipped',
    '  b.json: 3 rows · 1 accepted · 2 dropped · 0 skipped · not read to its end',
    'Accepted 1,401 events of 1,503 rows, 401 of them by earlier runs; 2.0 s: 500 events/s, 1 retries.',
    'Dropped 2:',
    '          1  past',
    '          1  missing_event',
    '  /x/b.json:7  past  Too old.',
    'All of them, with their rows: /r',
    'Skipped 100:',
    '        100  before --since',
  ])
  expect([isWhole(files), isWhole(files.slice(0, 1))]).toEqual([false, true])
})

function progressOf(mebibytes: number, isTerminal: boolean) {
  const clock = { now: 1_000_000 }
  const written: string[] = []
  const progress = new Progress({
    totalBytes: mebibytes * MEBIBYTE,
    isTerminal,
    write: (text) => written.push(text),
    now: () => clock.now,
  })
  return { progress, clock, written }
}

function file(given: Partial<FileState>): FileState {
  return {
    path: '/x/file.json',
    bytes: 1,
    modified_ms: 1,
    head_sha256: '',
    outcomes: 0,
    rows: 0,
    accepted: 0,
    dropped: {},
    skipped: {},
    first_drops: [],
    is_complete: true,
    ...given,
  }
}
