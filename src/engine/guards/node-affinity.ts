// Node affinity as Kubernetes defines it: one term must match, with all of its requirements.
// @source Kubernetes API, core/v1 NodeSelector
import { z } from 'zod'
import type { Node } from '#src/model/index.ts'

const requirement = z.object({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
  values: z.array(z.string()).default([]),
})
type Requirement = z.infer<typeof requirement>

const selector = z.object({
  nodeSelectorTerms: z.array(
    z.object({
      matchExpressions: z.array(requirement).default([]),
      matchFields: z.array(requirement).default([]),
    }),
  ),
})
const volumeAffinity = z.object({ required: selector.optional() })
export type NodeSelector = z.infer<typeof selector>

const integer = (text: string | undefined): number =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : Number.NaN

/** Whether a label or field meets a requirement. `undefined`: the node does not have it. */
function satisfies({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return integer(value) > integer(values[0])
    case 'Lt':
      return integer(value) < integer(values[0])
  }
}

/** The one field that a node selector may name. */
const fieldOf = (node: Node, key: string): string | undefined =>
  key === 'metadata.name' ? node.metadata.name : undefined

/** Whether a selector matches a node. A term without requirements matches none. */
export const selectsNode = ({ nodeSelectorTerms }: NodeSelector, node: Node): boolean =>
  nodeSelectorTerms.some(
    ({ matchExpressions, matchFields }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every(one => satisfies(one, node.metadata.labels?.[one.key])) &&
      matchFields.every(one => satisfies(one, fieldOf(node, one.key))),
  )

/**
 * The node selector of a volume's `spec.nodeAffinity`; undefined: every node can use it.
 * Throws a ZodError for any other shape.
 */
export const volumeSelector = (nodeAffinity: unknown): NodeSelector | undefined =>
  nodeAffinity === undefined || nodeAffinity === null
    ? undefined
    : volumeAffinity.parse(nodeAffinity).required
