import { spawnSync } from 'node:child_process'
import { IS_CI } from './config.ts'

const OLDEST = { major: 3, minor: 10 }

/** Why the Python tests cannot run here; empty when they can. Where everything must run (CI) it throws instead. */
export function whyNoPython(): string {
  const { stdout, status } = spawnSync('python3', ['-V'], { encoding: 'utf8' })
  const found = /(\d+)\.(\d+)/.exec(stdout ?? '')
  const [major, minor] = [Number(found?.[1]), Number(found?.[2])]
  const isGood = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)
  if (status === 0 && isGood) return ''
  const wanted = `python3 of ${OLDEST.major}.${OLDEST.minor} or newer`
  const why = `Not run: there is no ${wanted} (found: ${stdout?.trim() || 'none'}).`
  if (IS_CI) throw new Error(why)
  console.log(why)
  return why
}
