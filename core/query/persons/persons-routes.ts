import {
  LinkRequest,
  LinkResult,
  MergeRequest,
  MergeResult,
  PersonId,
  PersonLinks,
  PersonList,
  PersonResult,
  PersonsParams,
  Timeline,
  TimelineParams,
} from '@headwater/schemas/insights/persons'
import { ProjectId } from '@headwater/schemas/insights/question'
import { createRoute, z } from '@hono/zod-openapi'
import { answers, refusal } from '../routes.ts'

const project = z.strictObject({ project: ProjectId })
const ofPerson = z.object({ id: PersonId })
const ofLink = z.object({ uuid: z.uuid() })
const noPerson = { 404: refusal('There is no such project, or no such person in it') }
const noLink = { 404: refusal('There is no such project, or no such link in it') }

export const personsRoute = createRoute({
  method: 'get',
  path: '/api/persons',
  summary: 'List persons, the last seen first',
  request: { query: PersonsParams },
  responses: answers('A page of persons with what is known of them', PersonList),
})

export const personRoute = createRoute({
  method: 'get',
  path: '/api/persons/{id}',
  summary: 'A person with its distinct_ids and properties',
  request: { params: ofPerson, query: project },
  responses: { ...answers('The person', PersonResult), ...noPerson },
})

export const timelineRoute = createRoute({
  method: 'get',
  path: '/api/persons/{id}/events',
  summary: 'What a person did, the newest first',
  request: { params: ofPerson, query: TimelineParams },
  responses: answers('A page of events', Timeline),
})

export const linksRoute = createRoute({
  method: 'get',
  path: '/api/persons/{id}/links',
  summary: 'What made the person one, and what did not',
  request: { params: ofPerson, query: project },
  responses: answers('The journal, as far as it concerns the person', PersonLinks),
})

const bodyOf = <Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) => ({
  body: { required: true, content: { 'application/json': { schema, example } } },
})
const writes = {
  503: refusal('The store is away or busy; Retry-After says when to come back'),
}

export const mergeRoute = createRoute({
  method: 'post',
  path: '/api/persons/merge',
  summary: 'Make several persons one, so that it can be undone',
  request: bodyOf(MergeRequest, {
    project: 'default',
    into: '10487338103938245921',
    persons: ['1121082974878188407'],
  }),
  responses: { ...answers('Who they are now', MergeResult), ...noPerson, ...writes },
})

const turnRoute = <Act extends 'undo' | 'redo'>(act: Act, summary: string) =>
  createRoute({
    method: 'post',
    path: `/api/persons/links/{uuid}/${act}` as const,
    summary,
    request: { params: ofLink, ...bodyOf(LinkRequest, { project: 'default' }) },
    responses: { ...answers('The link as it is now', LinkResult), ...noLink, ...writes },
  })
export const undoRoute = turnRoute('undo', 'Undo a link, as if it had never been')
export const redoRoute = turnRoute('redo', 'Let a link count again')
