import type { Service } from '../../shared/service.ts'

/** The service, whose close first ends what would never end by itself. */
export const closingFirst = (service: Service, closing: AbortController): Service => ({
  url: service.url,
  close() {
    closing.abort()
    return service.close()
  },
})
