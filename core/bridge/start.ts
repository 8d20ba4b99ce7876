import { listen, type Service } from '../shared/service.ts'
import { type BridgeDeps, createBridgeApp } from './app.ts'

export function startBridge(deps: BridgeDeps, host: string, port: number): Promise<Service> {
  return listen(createBridgeApp(deps).fetch, host, port)
}
