// The applications of a cluster: workloads, the ports that expose them, and the services outside
// the cluster that they need.
import { z } from 'zod'
import { duration, name, port, source } from './values.ts'

/** The answer that identifies an application. Content proves it; an open port alone does not. */
export const answerSchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('http'),
    path: z.string().startsWith('/'),
    /** Uses TLS without verifying the certificate. */
    tls: z.boolean().default(false),
    status: z.int().default(200),
    /** Text that the body must contain. */
    contains: name.optional(),
    /** JSON members that must have these values. */
    json: z.record(name, z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** JSON members that must exist. */
    has: z.array(name).optional(),
  }),
  z.strictObject({ by: z.literal('tcp'), send: name.optional(), contains: name.optional() }),
])

export const workload = z.strictObject({
  namespace: name,
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name,
  /** 0: scaled to zero on purpose, and healthy. */
  replicas: z.int().min(0),
  /** Needs probes. False only where the platform owns the object. */
  probes: z.boolean().default(true),
  hostNetwork: z.boolean().default(false),
  /** The longest time from its start until it is ready. */
  warmUp: duration,
  /** It must run as root, because hardening breaks it. */
  runsAsRoot: z.boolean().default(false),
  critical: z.boolean().default(true),
})

export const mappedPort = z.strictObject({
  /** The name that people use, e.g. `typesense`. */
  name,
  namespace: name,
  service: name,
  /** The port of the host, then of the node container's binding, then the NodePort. */
  host: port,
  container: port,
  nodePort: port,
  answers: answerSchema,
})

/** A service outside the cluster that the cluster cannot do without. */
export const external = z.strictObject({
  name,
  purpose: name,
  /** Workloads that use it, `<namespace>/<name>`. */
  usedBy: z.array(name).default([]),
  /** What users see when it is down. */
  whenDown: name,
  source,
})

/** Settings of Services and variables that break applications. */
export const services = z.strictObject({
  /** Services whose name injects a variable that breaks a program. */
  harmfulNames: z
    .array(z.strictObject({ name, namespace: name.optional(), because: name }))
    .default([]),
  /** Text that no container's environment may contain any more. */
  legacyHosts: z.array(name).default([]),
})
