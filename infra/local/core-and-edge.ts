import { type CoreProcess, SECRETS, startCore } from '../../core/core-process.ts'
import { type EdgeProcess, endEdge, startEdgeProcess } from '../../edge/local/edge-process.ts'
import { freePorts } from '../services/ports.ts'

/** For tests: the real edge in front of the real core, as processes. */
export interface CoreAndEdge {
  core: CoreProcess
  edge: EdgeProcess
  /** Ends both; what they keep stays in the folder. */
  stop(): Promise<void>
}

/** Starts both on free ports, with what they keep in `folder`. Leaves neither behind when one does not start. */
export async function startCoreAndEdge(folder: string): Promise<CoreAndEdge> {
  const ports = (await freePorts(4)).map(String)
  const [AUTH_PORT = '', QUERY_PORT = '', BRIDGE_PORT = '', EDGE_PORT = ''] = ports
  const addresses = { AUTH_PORT, QUERY_PORT, BRIDGE_PORT }
  const settings = { ...SECRETS, DATA_DIR: folder }
  const core = await startCore('all', { ...settings, ...addresses, LOG_LEVEL: 'warn' })
  const stopCore = async () => {
    core.child.kill('SIGTERM')
    await core.exit
  }
  try {
    const { bridge: BRIDGE_URL = '', auth: AUTH_URL = '' } = core.urls
    const places = { EDGE_PORT, BRIDGE_URL, AUTH_URL }
    const edge = await startEdgeProcess({ ...settings, ...places, SEAL_MAX_AGE_MS: '50' })
    return {
      core,
      edge,
      async stop() {
        await Promise.all([endEdge(edge), stopCore()])
      },
    }
  } catch (error) {
    await stopCore()
    throw error
  }
}
