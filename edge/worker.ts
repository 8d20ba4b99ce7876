import type { EdgeEnv } from './config.ts'
import { handle } from './routes.ts'

export { BufferObject } from './buffer-object.ts'
export default { fetch: handle } satisfies ExportedHandler<EdgeEnv>
