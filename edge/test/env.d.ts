import type { EdgeEnv } from '../config.ts'

declare global {
  namespace Cloudflare {
    interface Env extends EdgeEnv {}
    interface GlobalProps {
      mainModule: typeof import('../worker.ts')
    }
  }
}
