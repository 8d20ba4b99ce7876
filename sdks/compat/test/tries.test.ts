import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import { type Program, startProgram } from './program.ts'
import { openProject, type Project } from './project.ts'

// What docs/compatibility.md says of an outage that lasts. Those that try ten times take minutes for it.

const python = inject('python')
const TRIES = 4

/** With short waits, where a client has an option for them; how often it tries is its own default. */
const CLIENTS: Record<string, { program: Program; options: object }> = {
  'posthog-node': {
    program: { file: 'posthog-node.ts' },
    options: { fetchRetryDelay: 10 },
  },
  'posthog-node in capture mode v1': {
    program: { file: 'posthog-node.ts', env: { POSTHOG_CAPTURE_MODE: 'v1' } },
    options: { fetchRetryDelay: 10 },
  },
  '@rudderstack/rudder-sdk-node': { program: { file: 'rudderstack-node.ts' }, options: {} },
  ...(python && {
    'posthog-python': { program: { file: 'posthog_python.py', command: python }, options: {} },
  }),
}

let project: Project
beforeEach(async () => {
  project = await openProject()
})
afterEach(() => project.close())

it.each(Object.entries(CLIENTS))(
  '%s gives an event up after four tries, and says so',
  async (_name, client) => {
    project.proxy.script = Array.from({ length: 20 }, () => ({ status: 503 }))
    const options = client.options as Record<string, unknown>
    const { output } = await startProgram(client.program, project, { count: 1, options }).end()
    expect(project.proxy.seen).toHaveLength(TRIES)
    expect(output).toMatch(/error/i)
    expect(await project.events()).toEqual([])
  },
)
