// What a policy asks of the objects that people write: nothing, until it says so, rule by rule.
import { z } from 'zod'

const name = z.string().min(1)
const port = z.int().min(1).max(65_535)
/** A workload of one of the policy's namespaces. */
const workload = { namespace: name, workload: name }
const resource = z.enum(['cpu', 'memory'])

/** Kinds that a pod refers to by name. */
export const referencedKinds = [
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'PersistentVolumeClaim',
] as const

/** Ways in which a container is kept from its node. */
export const confinements = [
  'non-root',
  'unprivileged',
  'no-escalation',
  'own-namespaces',
  'no-host-paths',
] as const

const probes = z.strictObject({
  /** Each startup probe allows at least its workload's warm-up. */
  outlastWarmUp: z.boolean().default(false),
  /**
   * Workloads, `<namespace>/<name>`, or `*` for all, whose liveness probe asks something else than
   * their readiness probe.
   */
  livenessDiffers: z.array(name).default([]),
  /** Paths that answer for somebody else, too: no liveness probe asks them. */
  dependencyPaths: z.array(z.string().startsWith('/')).default([]),
})

const ports = z.strictObject({
  /** NodePorts that the API server hands out. Unset: not judged. */
  range: z
    .strictObject({ from: port, to: port })
    .refine(({ from, to }) => from <= to, 'expected “from” to be no more than “to”')
    .optional(),
  /** Ports of the node itself. A NodePort of the same number takes them away. */
  reserved: z.array(z.strictObject({ port, of: name })).default([]),
  /**
   * No NodePort has the number that a probe of its own pods asks on their node: kube-proxy with
   * iptables refuses the probe, and they never get ready.
   */
  leaveProbes: z.boolean().default(false),
  /** Ports of the node that pods may take for themselves. Unset: not judged. */
  onHost: z.array(z.strictObject({ ...workload, port })).optional(),
})

const claims = z.strictObject({
  /** Every claim names its storage class. */
  namedClass: z.boolean().default(false),
  /** The class that a claim without one gets, where that is certain. */
  defaultClass: name.optional(),
  /** Every claim is one of the policy's, so that somebody has thought about its backup. */
  registered: z.boolean().default(false),
  /** Classes and volumes keep the data of a claim that is deleted. */
  retained: z.boolean().default(false),
  /** What writes to a volume of one node is one pod at a time, in rollouts, too. */
  oneWriter: z.boolean().default(false),
})

/** The rules for manifests. Every one is off unless it is asked for. */
export const manifestRules = z.strictObject({
  probes: probes.prefault({}),
  ports: ports.prefault({}),
  /**
   * Variables that a program reads as its own settings, which a Service of the namespace would set
   * by its name.
   */
  variables: z
    .array(z.strictObject({ ...workload, reads: z.array(name).min(1), because: name }))
    .default([]),
  images: z
    .strictObject({
      /** tag: one that stays; digest: the very image. */
      pinned: z.enum(['tag', 'digest']).optional(),
      /** A pod starts again while the registry is away, where its node has the image. */
      fromCache: z.boolean().default(false),
    })
    .prefault({}),
  claims: claims.prefault({}),
  /** No PodDisruptionBudget keeps a node from being drained. */
  drains: z.boolean().default(false),
  resources: z
    .strictObject({
      requests: z.array(resource).default([]),
      limits: z.array(resource).default([]),
    })
    .prefault({}),
  confinement: z.array(z.enum(confinements)).default([]),
  /** Nothing that is secret stands in a variable or in a Secret's manifest. */
  noPlainSecrets: z.boolean().default(false),
  /** Every selector finds something. */
  selectors: z.boolean().default(false),
  /**
   * Every name leads to an object; `elsewhere`: those that are made in another way. Unset: not
   * judged.
   */
  references: z
    .strictObject({
      elsewhere: z
        .array(z.strictObject({ kind: z.enum(referencedKinds), namespace: name, name }))
        .default([]),
    })
    .optional(),
})
