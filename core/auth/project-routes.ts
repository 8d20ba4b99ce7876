import { regionOf } from '@headwater/schemas/project-id'
import { createRoute, z } from '@hono/zod-openapi'
import type { AuthApp, AuthAppDeps } from './app.ts'
import { Me, NewProject, Project } from './contract.ts'
import { createProject, listMemberships, listProjects, type StoredProject } from './projects.ts'
import { errors, json, jsonBody, requireUser } from './routes.ts'

/** Who am I, and my projects. */
export function addProjectRoutes(app: AuthApp, { auth, db, regions }: AuthAppDeps): void {
  const middleware = requireUser(auth)
  const withRegion = (project: StoredProject): Project => ({
    ...project,
    region: regionOf(project.id) ?? regions[0],
  })

  const me = createRoute({
    method: 'get',
    path: '/api/me',
    middleware,
    summary: 'The signed-in user and their organisations',
    responses: { 200: json(Me, 'Who you are.'), ...errors('unauthenticated') },
  })
  app.openapi(me, async (c) => {
    const { id, email, name } = c.var.user
    const organizations = await listMemberships(db, c.var.user)
    return c.json({ user: { id, email, name }, organizations }, 200)
  })

  const list = createRoute({
    method: 'get',
    path: '/api/projects',
    middleware,
    summary: 'The projects of your organisations',
    responses: {
      200: json(z.object({ projects: z.array(Project) }), 'Oldest first.'),
      ...errors('unauthenticated'),
    },
  })
  app.openapi(list, async (c) => {
    await listMemberships(db, c.var.user)
    const projects = await listProjects(db, c.var.user.id)
    return c.json({ projects: projects.map(withRegion) }, 200)
  })

  const create = createRoute({
    method: 'post',
    path: '/api/projects',
    middleware,
    summary: 'Make a project and its first write key',
    request: { body: jsonBody(NewProject) },
    responses: {
      201: json(Project, 'The new project.'),
      ...errors('invalid_request', 'unauthenticated', 'forbidden', 'project_exists'),
    },
  })
  app.openapi(create, async (c) => {
    const memberships = await listMemberships(db, c.var.user)
    const project = await createProject(db, memberships, c.req.valid('json'), regions)
    return c.json(withRegion(project), 201)
  })
}
