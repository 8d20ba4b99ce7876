/** localStorage that never throws. What it refuses (denied, full) is held for the life of the page. */
export interface PageStorage {
  get(key: string): string | null
  set(key: string, value: string): void
  remove(key: string): void
  /** Names that really are in localStorage. */
  keys(prefix: string): string[]
  /** What is only in memory. */
  held: Map<string, string>
}

/** While `mayStore` says no, nothing is read from the device or written to it; it is asked every time. */
export function openStorage(mayStore: () => boolean): PageStorage {
  const held = new Map<string, string>()
  const attempt = <Result>(use: (local: Storage) => Result): Result | undefined => {
    try {
      // Reading the property itself throws where storage is denied, so it is read every time.
      return mayStore() ? use(localStorage) : undefined
    } catch {
      return undefined
    }
  }
  return {
    get: (key) => held.get(key) || attempt((local) => local.getItem(key)) || null,
    set(key, value) {
      held.set(key, value)
      attempt((local) => {
        local.setItem(key, value)
        held.delete(key)
      })
    },
    remove(key) {
      held.delete(key)
      attempt((local) => local.removeItem(key))
    },
    keys: (prefix) =>
      attempt((local) => Object.keys(local).filter((key) => key.startsWith(prefix))) || [],
    held,
  }
}
