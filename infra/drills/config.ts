/** How long the drills take. In the checks a shorter clock; `DRILL_SCALE=1` is the full length. */
export function drillConfig(env: Record<string, string | undefined> = process.env) {
  const scale = Number(env.DRILL_SCALE || 0.1)
  if (!(scale > 0 && scale <= 1)) throw new Error('invalid DRILL_SCALE: must be above 0, at most 1')
  return {
    /** The folders of a deployment stay, for its logs. */
    keepFolders: env.DRILL_KEEP === '1',
    /** Longest time of one test. */
    testTimeoutMs: scale === 1 ? 6_000_000 : 600_000,
    /** The broker, and ClickHouse, are away for so long: 5 minutes. */
    outageMs: 300_000 * scale,
    /** Longest pause of the edge between two tries: a minute. */
    backoffMaxMs: 60_000 * scale,
    /** Consumers come and go for so long: 2 minutes. */
    churnMs: Math.max(120_000 * scale, 20_000),
    /** Services are deployed again and again for so long. */
    deployMs: Math.max(180_000 * scale, 45_000),
    /** Time between two deploys. */
    deployEveryMs: Math.max(20_000 * scale, 6_000),
    /** A client's late retry: an hour. */
    retryAfterMs: scale === 1 ? 3_600_000 : 10_000,
  }
}
