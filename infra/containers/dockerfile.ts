import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../local/config.ts'

// Our Dockerfiles without Docker: their stages laid out as folders, from the sources that
// .dockerignore lets through, with the commands run that belong to us and not to the base image.

export interface Instruction {
  name: string
  text: string
}

export interface Stage {
  name: string
  base: string
  instructions: Instruction[]
}

export interface Copy {
  from: string | null
  sources: string[]
  target: string
}

export function readDockerfile(path: string): Stage[] {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean)
  const stages: Stage[] = []
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (name === 'FROM') {
      const [base = '', , stage = 'final'] = rest.split(' ')
      stages.push({ name: stage, base, instructions: [] })
    } else {
      stages.at(-1)?.instructions.push({ name, text: rest })
    }
  }
  return stages
}

export function copiesOf(stage: Stage): Copy[] {
  return stage.instructions.filter(({ name }) => name === 'COPY').map(({ text }) => readCopy(text))
}

function readCopy(text: string): Copy {
  const words = text.split(/\s+/)
  const from = words[0]?.startsWith('--from=') ? (words.shift()?.slice(7) ?? null) : null
  return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' }
}

/** The stage's working directory, made in `folder`; stages that it needs are made before it. */
export async function layOut(
  stages: readonly Stage[],
  name: string,
  folder: string,
): Promise<string> {
  const target = join(folder, name)
  if (existsSync(target)) return target
  const stage = stages.find((known) => known.name === name)
  if (!stage) throw new Error(`no stage ${name}`)
  mkdirSync(target, { recursive: true })
  const base = stages.find((known) => known.name === stage.base)
  if (base) cpSync(await layOut(stages, base.name, folder), target, copyOptions)
  const env = { ...process.env }
  for (const instruction of stage.instructions) {
    if (instruction.name === 'ENV') {
      const [name = '', ...value] = instruction.text.split('=')
      env[name] = value.join('=')
    }
    if (instruction.name === 'COPY') {
      const copy = readCopy(instruction.text)
      const source = copy.from ? await layOut(stages, copy.from, folder) : ROOT
      copyInto(copy, source, target)
    }
    // What the last stage runs is about the base image's own files.
    if (instruction.name === 'RUN' && stage !== stages.at(-1)) {
      await promisify(execFile)('/bin/sh', ['-c', instruction.text], { cwd: target, env })
    }
  }
  return target
}

const copyOptions = { recursive: true, verbatimSymlinks: true }

function copyInto({ from, sources, target }: Copy, root: string, folder: string): void {
  for (const source of sources) {
    const path = join(root, from ? source.replace(/^\/app\//, '') : source)
    const isFolder = statSync(path).isDirectory()
    const into = join(folder, target, !isFolder && /\/$/.test(target) ? basename(source) : '')
    const filter = (file: string) => from !== null || !isIgnored(file.slice(ROOT.length + 1))
    cpSync(path, into, { ...copyOptions, filter })
  }
}

const IGNORE = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => ({ lets: line.startsWith('!'), pattern: line.replace(/^!/, '') }))

/** Whether Docker would leave the file out: the last line that matches it, or a folder of it, decides. */
export function isIgnored(path: string): boolean {
  const folders = path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))
  let ignored = false
  for (const { lets, pattern } of IGNORE) {
    // A folder on the way to what is let in is not left out.
    const opens = lets && pattern.startsWith(`${path}/`)
    if (opens || folders.some((folder) => matches(folder, pattern))) ignored = !lets
  }
  return ignored
}

// Unlike a shell's, Docker's star matches a leading dot.
function matches(path: string, pattern: string): boolean {
  const text = pattern
    .replace(/[.+^$()[\]{}|]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'))
  return new RegExp(`^${text}$`).test(path)
}
