// The rules of a policy for the objects that people write. Each is off until the policy turns it
// on.
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

/** Barriers between a container and its node. */
export const confinements = [
  'non-root',
  'unprivileged',
  'no-escalation',
  'own-namespaces',
  'no-host-paths',
] as const

const probes = z.strictObject({
  /** Each startup probe allows at least the warm-up of its workload. */
  outlastWarmUp: z.boolean().default(false),
  /**
   * Workloads whose liveness probe must differ from their readiness probe: `<namespace>/<name>`, or
   * `*` for all.
   */
  livenessDiffers: z.array(name).default([]),
  /** Paths that depend on other programs. No liveness probe may use them. */
  dependencyPaths: z.array(z.string().startsWith('/')).default([]),
})

const ports = z.strictObject({
  /** The range from which the API server assigns NodePorts. Unset: not judged. */
  range: z
    .strictObject({ from: port, to: port })
    .refine(({ from, to }) => from <= to, 'expected “from” to be no more than “to”')
    .optional(),
  /** Ports of the node itself. A NodePort of the same number would take them over. */
  reserved: z.array(z.strictObject({ port, of: name })).default([]),
  /**
   * No NodePort has the number of a port that a probe of its own pods uses on their node:
   * kube-proxy with iptables refuses the probe, and the pods never become ready.
   */
  leaveProbes: z.boolean().default(false),
  /** Ports of the node that pods may bind. Unset: not judged. */
  onHost: z.array(z.strictObject({ ...workload, port })).optional(),
})

const claims = z.strictObject({
  /** Every claim names its storage class. */
  namedClass: z.boolean().default(false),
  /** The class of a claim that names none, if that is certain. */
  defaultClass: name.optional(),
  /** The policy lists every claim, so that each has a decision about its backup. */
  registered: z.boolean().default(false),
  /** Classes and volumes keep the data of a deleted claim. */
  retained: z.boolean().default(false),
  /** Only one pod at a time writes to a volume of one node, even in rollouts. */
  oneWriter: z.boolean().default(false),
})

/** The rules for manifests. All are off by default. */
export const manifestRules = z.strictObject({
  probes: probes.prefault({}),
  ports: ports.prefault({}),
  /**
   * Variables that a program reads as its settings, and that a Service of the namespace would set
   * by its name.
   */
  variables: z
    .array(z.strictObject({ ...workload, reads: z.array(name).min(1), because: name }))
    .default([]),
  images: z
    .strictObject({
      /** tag: a tag that does not move. digest: exactly this image. */
      pinned: z.enum(['tag', 'digest']).optional(),
      /** A pod starts without the registry if its node has the image. */
      fromCache: z.boolean().default(false),
    })
    .prefault({}),
  claims: claims.prefault({}),
  /** No PodDisruptionBudget blocks the drain of a node. */
  drains: z.boolean().default(false),
  resources: z
    .strictObject({
      requests: z.array(resource).default([]),
      limits: z.array(resource).default([]),
    })
    .prefault({}),
  confinement: z.array(z.enum(confinements)).default([]),
  /** No variable and no Secret manifest contains a secret in plain text. */
  noPlainSecrets: z.boolean().default(false),
  /** Every selector matches something. */
  selectors: z.boolean().default(false),
  /**
   * Every referenced object exists. `elsewhere`: objects that are created in another way. Unset:
   * not judged.
   */
  references: z
    .strictObject({
      elsewhere: z
        .array(z.strictObject({ kind: z.enum(referencedKinds), namespace: name, name }))
        .default([]),
    })
    .optional(),
})
