import { type FileHandle, open } from 'node:fs/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { transformed } from './transformed.ts'

/** A file inside a zip. */
export interface ZipMember {
  name: string
  /** Bytes inside the zip, and as they were before. */
  packedBytes: number
  bytes: number
  crc: number
  method: number
  isEncrypted: boolean
  /** Where its local header begins. */
  offset: number
}

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const STORED = 0
const DEFLATED = 8
const END_BYTES = 22
const LOCATOR_64_BYTES = 20
const MAX_COMMENT_BYTES = 0xffff
const CHUNK_BYTES = 64 * 1024
const IN_64 = 0xffffffff
/** A directory of a million files; more would be kept in memory for nothing. */
const MAX_DIRECTORY_BYTES = 100 * 1024 * 1024

/**
 * Lists the files of a zip by the directory at its end, in its order, without the folders. Only the
 * directory knows the sizes in zips that were written as a stream, as exports are.
 */
export async function zipMembers(path: string): Promise<ZipMember[]> {
  await using file = await open(path)
  const { offset, bytes } = await directoryOf(file)
  if (bytes > MAX_DIRECTORY_BYTES) throw new Error('the directory of the zip is too big')
  const directory = await readAt(file, offset, bytes)
  const members: ZipMember[] = []
  for (let at = 0; at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== CENTRAL)
      throw new Error('the directory of the zip is damaged')
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28)
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
    const name = directory.toString('utf8', at + 46, nameEnd)
    const member = {
      name,
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      crc: directory.readUInt32LE(at + 16),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      offset: directory.readUInt32LE(at + 42),
    }
    readSizes64(member, directory.subarray(nameEnd, extraEnd))
    if (!name.endsWith('/')) members.push(member)
    at = extraEnd + directory.readUInt16LE(at + 32)
  }
  return members
}

/** The bytes of one file of a zip; throws when they are not those that were put in. */
export async function* readMember(
  path: string,
  member: ZipMember,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  if (member.isEncrypted) throw new Error('it is encrypted')
  if (member.method !== STORED && member.method !== DEFLATED) {
    throw new Error(`it is packed by method ${member.method}, which is not read here`)
  }
  await using file = await open(path)
  const header = await readAt(file, member.offset, 30)
  if (header.readUInt32LE(0) !== LOCAL) throw new Error('the zip is damaged')
  const start = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  const packed = readRange(file, start, member.packedBytes, onBytes)
  const content = member.method === STORED ? packed : transformed(packed, createInflateRaw())
  let crc = 0
  for await (const chunk of content) {
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (crc !== member.crc) throw new Error('its bytes are not those that were put into the zip')
}

async function* readRange(
  file: FileHandle,
  start: number,
  bytes: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for (let done = 0; done < bytes; ) {
    const chunk = await readAt(file, start + done, Math.min(CHUNK_BYTES, bytes - done))
    done += chunk.length
    onBytes(chunk.length)
    yield chunk
  }
}

async function directoryOf(file: FileHandle): Promise<{ offset: number; bytes: number }> {
  const { size } = await file.stat()
  const tailStart = Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES - LOCATOR_64_BYTES)
  const tail = await readAt(file, tailStart, size - tailStart)
  // A comment may stand behind it, so it is looked for from the end.
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue
    const locator = at - LOCATOR_64_BYTES
    if (locator >= 0 && tail.readUInt32LE(locator) === LOCATOR_64) {
      const end = await readAt(file, Number(tail.readBigUInt64LE(locator + 8)), 56)
      if (end.readUInt32LE(0) !== END_64) break
      return { bytes: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) }
    }
    return { bytes: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) }
  }
  throw new Error('the zip has no directory at its end: was it cut off?')
}

/** Sizes beyond 32 bits stand in an extra field, those that need it only. */
function readSizes64(member: ZipMember, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let next = at + 4
    for (const field of ['bytes', 'packedBytes', 'offset'] as const) {
      if (member[field] !== IN_64) continue
      member[field] = Number(extra.readBigUInt64LE(next))
      next += 8
    }
    return
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead < length) throw new Error('the zip is cut off')
  return buffer
}
