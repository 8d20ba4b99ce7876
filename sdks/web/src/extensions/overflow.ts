// IndexedDB for events that localStorage does not take: it is full, or holds its share of ours already.
import type { Extension } from '../client.ts'

const STORE = 'events'

/**
 * Stores what is only held in memory, a moment after it was taken, and gives it to the next page as if it
 * were in localStorage. Where IndexedDB is denied too, nothing changes.
 */
export const overflow: Extension = ({ client, queue, storage, prefix, mayStore }) => {
  const eventPrefix = `${prefix}event:`
  const database = openDatabase(`${prefix}overflow`)
  /** What the database had at the last look, by name. */
  let known = new Map<string, string>()
  /** What this page put there, and on its way: other pages answer for the rest. */
  const own = new Map<string, string>()
  const spilling = new Set<string>()
  const { append, adopt } = queue
  const { get, keys, remove } = storage
  const { optOut } = client

  const change = (work: (events: IDBObjectStore) => void) => database.then((db) => write(db, work))
  const spill = async () => {
    const held = [...storage.held].filter(
      ([key]) => mayStore() && key.startsWith(eventPrefix) && !spilling.has(key),
    )
    if (held.length === 0) return
    for (const [key] of held) spilling.add(key)
    await change((events) => {
      for (const [key, json] of held) events.put(json, key)
    })
    for (const [key, json] of held) {
      spilling.delete(key)
      // Answered meanwhile: it must not come back.
      if (!storage.held.delete(key)) await change((events) => events.delete(key))
      else own.set(key, json)
    }
  }
  queue.append = (json) => {
    const taken = append(json)
    spill().catch(ignore)
    return taken
  }
  queue.adopt = async () => {
    await readAll().catch(ignore)
    return adopt()
  }
  storage.keys = (names) => [
    ...keys(names),
    ...[...known.keys(), ...own.keys()].filter((key) => mayStore() && key.startsWith(names)),
  ]
  storage.get = (key) => get(key) || (mayStore() && (own.get(key) || known.get(key))) || null
  storage.remove = (key) => {
    remove(key)
    if (known.delete(key) || own.delete(key)) change((events) => events.delete(key)).catch(ignore)
  }
  client.optOut = () => {
    optOut()
    known.clear()
    own.clear()
    change((events) => events.clear()).catch(ignore)
  }
  const readAll = async () => {
    if (!mayStore()) return
    const events = (await database).transaction(STORE).objectStore(STORE)
    const names = (await resultOf(events.getAllKeys())) as string[]
    const others = names.filter((name) => !own.has(name))
    // Values only when there are some: this is asked every half minute.
    const values =
      others.length > 0
        ? await Promise.all(others.map((name) => resultOf<string>(events.get(name))))
        : []
    known = new Map(others.map((name, i) => [name, values[i] ?? '']))
  }
  spill().catch(ignore)
  queue.adopt().then(client.flush, ignore)
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const opened = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  opened.catch(ignore)
  return opened
}

/** Resolves when the change is committed. */
function write(db: IDBDatabase, work: (events: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, 'readwrite')
    work(transaction.objectStore(STORE))
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

// What is not stored is held: the page goes on as without the database.
function ignore(): void {}
