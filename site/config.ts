import { join } from 'node:path'
import { z } from 'zod'

// The only file of the site that reads the environment. The addresses are those a browser uses.

const Config = z.object({
  /** Address the server binds. @default 127.0.0.1 */
  HOST: z.string().default('127.0.0.1'),
  SITE_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Folder of the built pages. @default dist beside the server */
  SITE_DIST: z.string().default(join(import.meta.dirname, 'dist')),
  /** What the Connect page is filled with. */
  QUERY_URL: z.url().default('http://localhost:8001'),
  /** Where the Connect page signs users in. */
  AUTH_URL: z.url().default('http://localhost:8002'),
  /** Where the curl line of an empty project sends its event. */
  EDGE_URL: z.url().default('http://localhost:8000'),
  DEMO_URL: z.url().default('http://localhost:8080'),
  /** Write key of project `default`, public by its nature; a placeholder is shown without it. */
  WRITE_KEY: z.string().optional(),
})
export type Config = z.infer<typeof Config>

/** Reads and checks the environment. Throws one error that names every bad variable. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const parsed = Config.safeParse(env)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`invalid configuration\n  ${faults.join('\n  ')}`)
}
