/** localStorage that never throws. What it refuses (denied, full) is held for the life of the page. */
export interface PageStorage {
  get(key: string): string | null
  /** False when the value is only in memory. */
  set(key: string, value: string): boolean
  remove(key: string): void
  /** Names that really are in localStorage, sorted. */
  keys(prefix: string): string[]
}

export function openStorage(): PageStorage {
  const memory = new Map<string, string>()
  // Reading the property itself throws where storage is denied, so it is read every time.
  const attempt = <Result>(use: (storage: Storage) => Result, otherwise: Result): Result => {
    try {
      return use(localStorage)
    } catch {
      return otherwise
    }
  }
  return {
    get: (key) => memory.get(key) || attempt((storage) => storage.getItem(key), null),
    set(key, value) {
      const stored = attempt((storage) => {
        storage.setItem(key, value)
        return true
      }, false)
      if (stored) memory.delete(key)
      else memory.set(key, value)
      return stored
    },
    remove(key) {
      memory.delete(key)
      attempt((storage) => storage.removeItem(key), undefined)
    },
    keys: (prefix) =>
      attempt(
        (storage) =>
          Object.keys(storage)
            .filter((key) => key.indexOf(prefix) === 0)
            .sort(),
        [],
      ),
  }
}
