import { z } from '@hono/zod-openapi'
import { Filters } from './filters.ts'
import { EventMatch, PropertyRef } from './property.ts'
import { Actor, insightFacts, questionFields, type Settled } from './question.ts'

export const MAX_PATH_STEPS = 20
export const MAX_PATH_EDGES = 500
export const MAX_PATH_PATTERNS = 100

const NodeName = z.string().min(1).max(500).openapi({ example: '/pricing' })
/** A name in which `*` stands for any text. */
const NodePattern = NodeName.openapi({ example: '/user/*' })

/** Events that are nodes of a path, and what names them. */
export const PathItem = z
  .strictObject({
    event: EventMatch,
    filters: Filters.default([]),
    /** Of `$pathname` and `$current_url` a slash at the end is left out. @default the event's name */
    named_by: PropertyRef.optional(),
  })
  .openapi('PathItem')
export type PathItem = z.infer<typeof PathItem>

/** Which ways actors take from one page, or event, to the next. */
export const PathsQuery = z
  .strictObject({
    kind: z.literal('paths'),
    ...questionFields,
    actor: Actor.default('person'),
    /** An event that several of them mean is the first one's. @default page views by their path */
    items: z
      .array(PathItem)
      .min(1)
      .max(20)
      .default([{ event: '$pageview', filters: [], named_by: { property: '$pathname' } }]),
    /** A pause of this length ends a path; what comes after it begins another. */
    session_gap_minutes: z.number().int().min(1).max(43_200).default(30),
    /** Nodes that a pattern fits are one node with the pattern's name; the first that fits counts. */
    groupings: z.array(NodePattern).max(MAX_PATH_PATTERNS).default([]),
    /** Nodes, named as after grouping, that are left out as if they had not happened. */
    exclude: z.array(NodePattern).max(MAX_PATH_PATTERNS).default([]),
    /** Only paths that come by this node, from there on. */
    start: NodeName.optional(),
    /** Only paths that come by this node, up to there. */
    end: NodeName.optional(),
    /** Only paths that come by this node. */
    through: NodeName.optional(),
    /** Nodes of a path that are shown: the first ones; with an end and no start, the last ones. */
    steps: z.number().int().min(2).max(MAX_PATH_STEPS).default(5),
    edge_limit: z.number().int().min(1).max(MAX_PATH_EDGES).default(50),
  })
  .openapi('PathsQuery')
export type PathsQuery = Settled<z.infer<typeof PathsQuery>>

export const PathsResult = z
  .object({
    kind: z.literal('paths'),
    /** How many paths there are. */
    paths: z.number(),
    /** Those of the edges, and those at which most paths begin. */
    nodes: z.array(
      z.object({
        /** Place in the path, from 1. */
        step: z.number(),
        name: z.string(),
        paths: z.number(),
        actors: z.number(),
        /** Paths that end here. */
        exits: z.number(),
        /** Paths that go on from here, beyond what is shown. */
        continues: z.number(),
      }),
    ),
    /** The most used first. Every one can be reached from a node of step 1. */
    edges: z.array(
      z.object({
        /** That of `from`. */
        step: z.number(),
        from: z.string(),
        to: z.string(),
        /** Paths that take it. */
        paths: z.number(),
        actors: z.number(),
        mean_seconds: z.number(),
      }),
    ),
    ...insightFacts,
  })
  .openapi('PathsResult')
export type PathsResult = z.infer<typeof PathsResult>

/** The actors of a node, of an edge from it, or of the paths that end at it. */
export const PathsSelection = z
  .strictObject({
    step: z.number().int().min(1).max(MAX_PATH_STEPS),
    name: NodeName,
    /** The edge to this node; null for the paths that end. @default every path that comes by */
    next: NodeName.nullable().optional(),
  })
  .openapi('PathsSelection')
export type PathsSelection = z.infer<typeof PathsSelection>
