import { basename } from 'node:path'
import { type FileState, MAX_SHOWN_DROPS } from './state.ts'

export interface ReportOptions {
  files: readonly FileState[]
  /** Of this run. */
  seconds: number
  acceptedBefore: number
  retries: number
  rejectsPath: string
  isDryRun: boolean
}

/** The end of an import in exact numbers: of each file, then of all, and what was left out for which reason. */
export function report(options: ReportOptions): string {
  const { files, seconds, acceptedBefore, retries, rejectsPath, isDryRun } = options
  const accepted = sum(files.map((file) => file.accepted))
  const rows = sum(files.map((file) => file.rows))
  const dropped = totals(files.map((file) => file.dropped))
  const skipped = totals(files.map((file) => file.skipped))
  const now = accepted - acceptedBefore
  const rate = `${count(Math.round(now / Math.max(seconds, 0.001)))} events/s, ${retries} retries`
  const before = acceptedBefore > 0 ? `, ${count(acceptedBefore)} of them by earlier runs` : ''
  return [
    ...files.map(lineOf),
    isDryRun
      ? `Would send ${count(accepted)} events of ${count(rows)} rows. Nothing was sent.`
      : `Accepted ${count(accepted)} events of ${count(rows)} rows${before}; ${seconds.toFixed(1)} s: ${rate}.`,
    ...section('Dropped', dropped),
    ...firstDrops(files),
    ...(dropped.length > 0 && !isDryRun ? [`All of them, with their rows: ${rejectsPath}`] : []),
    ...section('Skipped', skipped),
  ].join('\n')
}

/** Whether all that the files have is in, or was left out on purpose. */
export function isWhole(files: readonly FileState[]): boolean {
  return files.every((file) => file.is_complete && Object.keys(file.dropped).length === 0)
}

function lineOf(file: FileState): string {
  const dropped = sum(Object.values(file.dropped))
  const skipped = sum(Object.values(file.skipped))
  const end = file.is_complete ? '' : ' · not read to its end'
  return (
    `  ${basename(file.path)}: ${count(file.rows)} rows · ${count(file.accepted)} accepted` +
    ` · ${count(dropped)} dropped · ${count(skipped)} skipped${end}`
  )
}

function section(title: string, reasons: [string, number][]): string[] {
  if (reasons.length === 0) return []
  const all = sum(reasons.map(([, number]) => number))
  return [
    `${title} ${count(all)}:`,
    ...reasons.map(([reason, number]) => `  ${count(number).padStart(9)}  ${reason}`),
  ]
}

function firstDrops(files: readonly FileState[]): string[] {
  const first = files.flatMap((file) => file.first_drops).slice(0, MAX_SHOWN_DROPS)
  return first.map(({ file, line, reason, message }) => `  ${file}:${line}  ${reason}  ${message}`)
}

function totals(counts: readonly Record<string, number>[]): [string, number][] {
  const all = new Map<string, number>()
  for (const [reason, number] of counts.flatMap((one) => Object.entries(one))) {
    all.set(reason, (all.get(reason) ?? 0) + number)
  }
  return [...all].sort(([, a], [, b]) => b - a)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
