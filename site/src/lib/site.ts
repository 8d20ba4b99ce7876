import { useEffect, useMemo, useState } from 'react'
import { httpQueryClient, type QueryClient } from './api.ts'
import {
  type Connection,
  DEFAULT_PROJECT,
  loadAddresses,
  type SiteAddresses,
  savedConnection,
} from './connection.ts'
import type { Defaults } from './url-reader.ts'

/** What every page stands on: where to ask, and where things are. */
export interface Site {
  client: QueryClient
  connection: Connection
  addresses: SiteAddresses
  defaults: Defaults
}

/** Null until the addresses of the deployment are known. Without a saved connection, its own is used. */
export function useSite(): Site | null {
  const [addresses, setAddresses] = useState<SiteAddresses | null>(null)
  useEffect(() => {
    void loadAddresses().then(setAddresses)
  }, [])
  return useMemo(() => {
    if (!addresses) return null
    const saved = savedConnection()
    const connection = saved ?? { url: addresses.query_url, project: DEFAULT_PROJECT }
    return {
      client: httpQueryClient(connection.url),
      connection,
      addresses,
      defaults: { project: connection.project },
    }
  }, [addresses])
}
