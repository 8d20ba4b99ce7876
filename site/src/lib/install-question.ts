import { GUIDES, type GuideId } from './install-guides.ts'
import { readProject } from './saved-address.ts'
import { type Defaults, oneOf, type ReadState, reader } from './url-reader.ts'

/** Which project is to get events, and from what. */
export interface InstallQuestion {
  project: string
  guide: GuideId
}

export function readInstall(
  params: URLSearchParams,
  defaults: Defaults,
): ReadState<InstallQuestion> {
  const read = reader(params)
  const guide = read.one('guide', oneOf<GuideId>(guideNames()), 'web')
  return { question: { project: readProject(read, defaults), guide }, ignored: read.ignored }
}

export const writeInstall = ({ project, guide }: InstallQuestion): URLSearchParams =>
  new URLSearchParams({ project, guide })

/** What each guide is called. */
export function guideNames(): Record<GuideId, string> {
  const names = Object.entries(GUIDES).map(([id, { name }]) => [id, name])
  return Object.fromEntries(names) as Record<GuideId, string>
}
