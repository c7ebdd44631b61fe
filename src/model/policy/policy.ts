// The shape of a cluster's resilience policy: data only, checked here, with errors that name the
// path and the value.
import { z } from 'zod'
import { policyAllows } from '#src/model/guards/guard-name.ts'
import { manifestRules } from './manifest-rules.ts'
import { day, duration, name, percent, port, size, source } from './values.ts'
import { choiceSchema, waiverSchema, clauseSchema } from './clause.ts'
import { drillTargets } from './drill-targets.ts'

/** How an application shows that it is itself: by content, never by any answer at all. */
export const answerSchema = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('http'),
    path: z.string().startsWith('/'),
    /** Over TLS, the certificate not verified. */ tls: z.boolean().default(false),
    status: z.int().default(200),
    /** Must be in the body. */ contains: name.optional(),
    /** JSON members that must be equal. */ json: z
      .record(name, z.union([z.string(), z.number(), z.boolean()]))
      .optional(),
    /** JSON members that must be there. */ has: z.array(name).optional(),
  }),
  z.strictObject({ by: z.literal('tcp'), send: name.optional(), contains: name.optional() }),
])

const workload = z.strictObject({
  namespace: name,
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  name,
  /** Legal and healthy at 0: scaled to zero on purpose. */
  replicas: z.int().min(0),
  /** Needs probes. False only where the platform owns the object. */
  probes: z.boolean().default(true),
  hostNetwork: z.boolean().default(false),
  /** How long it may take from start to ready. */
  warmUp: duration,
  /** Must run as root: a hardening that breaks it. */
  runsAsRoot: z.boolean().default(false),
  critical: z.boolean().default(true),
})

const mappedPort = z.strictObject({
  /** What people call it, e.g. `typesense`. */
  name,
  namespace: name,
  service: name,
  /** Port of the host, of the node container's binding, and the NodePort. */
  host: port,
  container: port,
  nodePort: port,
  answers: answerSchema,
})

const claim = z.strictObject({
  namespace: name,
  name,
  /** What is lost with it. */
  holds: name,
  /** Where its backups are, or why the volume's policy is enough. */
  backup: z.discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('files'),
      folder: name,
      prefix: name,
      /** Youngest must not be older. */ maxAge: duration,
      /** Youngest must not be smaller. */ minSize: size,
    }),
    z.strictObject({ by: z.literal('retain') }),
    /** It may be lost: it comes back by itself, or nobody misses it. */
    z.strictObject({ by: z.literal('loss-accepted'), because: z.string().min(10) }),
  ]),
})

/**
 * How much a drill may hit, and what this cluster lets through although it is more, each with its
 * reason.
 */
const limits = z.strictObject({
  /** Largest share of a workload's ready replicas that may go at once. */
  replicas: percent.default('50 %'),
  /** Room that a drill's evidence must find. */
  freeDisk: size.default('256 MiB'),
  /**
   * `of`: what the guard is about, as it says it, e.g. `StatefulSet joelclaw/redis`; absent:
   * whatever it is about.
   */
  allows: z
    .array(
      z.strictObject({
        guard: z.enum(policyAllows),
        of: name.optional(),
        because: z.string().min(10),
      }),
    )
    .default([]),
})

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, such as "09:30"')
const timeZone = z.string().refine(zone => {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}, 'expected an IANA time zone, such as "Europe/Berlin"')

/**
 * When drills may run. `until` before `from`: over midnight, and the night belongs to the day on
 * which it begins.
 */
const window = z.strictObject({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: timeOfDay,
  until: timeOfDay,
  zone: timeZone,
  /** Days on which nothing is drilled, both ends included, in the window's zone. */
  freezes: z.array(z.strictObject({ from: day, until: day, because: name })).default([]),
})

const node = {
  name,
  role: z.enum(['control-plane', 'worker']),
  labels: z.record(name, z.string()).optional(),
}

/** A port of the control planes that their containers publish. Not pinned: it changes at a restart. */
export const published = z.strictObject({
  container: port,
  pinned: port.optional(),
  /** Which control planes publish it. One is enough where it stands for all of them. */
  publishedBy: z.enum(['every-control-plane', 'one-control-plane']).default('every-control-plane'),
})

/** A service outside of the cluster that it cannot do without. */
const external = z.strictObject({
  name,
  purpose: name,
  /** Workloads that use it, `<namespace>/<name>`. */
  usedBy: z.array(name).default([]),
  /** What users see when it is down. */
  whenDown: name,
  source,
})

/** What a policy's parts can only get wrong together. */
interface Contradictions {
  readonly value: {
    readonly clauses: readonly { readonly id: string }[]
    readonly choices: readonly { readonly options: readonly string[]; readonly chosen: string }[]
  }
  readonly issues: unknown[]
}

/** Refuses a clause id that stands twice, and a choice that is none of its options. */
function refuseContradictions(ctx: Contradictions): void {
  const ids = new Set<string>()
  ctx.value.clauses.forEach((clause, index) => {
    if (ids.has(clause.id))
      ctx.issues.push({
        code: 'custom',
        message: `clause id is used twice: ${clause.id}`,
        path: ['clauses', index, 'id'],
        input: clause.id,
      })
    ids.add(clause.id)
  })
  ctx.value.choices.forEach((choice, index) => {
    if (!choice.options.includes(choice.chosen))
      ctx.issues.push({
        code: 'custom',
        message: `the chosen option is none of: ${choice.options.join(', ')}`,
        path: ['choices', index, 'chosen'],
        input: choice.chosen,
      })
  })
}

/** Members that platforms add to a policy, by the place where they stand. */
export interface PolicySections {
  readonly policy: z.ZodRawShape
  readonly node: z.ZodRawShape
  readonly identity: z.ZodRawShape
  readonly network: z.ZodRawShape
  readonly endpoints: z.ZodRawShape
}

/** The shape of a policy: what every cluster has, and the sections of the platforms. */
export const policySchemaWith = <const S extends PolicySections>(sections: S) =>
  z
    .strictObject({
      ...(sections.policy as S['policy']),
      cluster: z.string().regex(/^[a-z0-9-]+$/),
      description: name,
      /** Planned: the clauses are data already, no cluster is judged by them yet. */
      status: z.enum(['active', 'planned']),
      /** Who answers for this cluster: the owner of every test in Allure. */
      owner: name.optional(),
      /** `url`: where people read it; reports link to it. */
      documents: z.array(z.strictObject({ id: name, title: name, url: z.url().optional() })).min(1),
      /** Version of Kubernetes that its API serves. Unset: the newest that the project knows. */
      kubernetes: z
        .string()
        .regex(/^1\.\d{1,3}$/, 'expected a version of Kubernetes, such as "1.35"')
        .optional(),
      clauses: z.array(clauseSchema).min(1),
      identity: z.strictObject({
        /** Contexts of the kubeconfig that may be this cluster, best first. */
        contexts: z.array(name).min(1),
        /** uid of namespace kube-system; unset: not compared, and said so. */
        kubeSystemUid: z.uuid().optional(),
        kubeconfig: name.default('~/.kube/config'),
        ...(sections.identity as S['identity']),
      }),
      nodes: z.array(z.strictObject({ ...node, ...(sections.node as S['node']) })).min(1),
      namespaces: z.array(name).min(1),
      taints: z.strictObject({
        controlPlane: z.enum(['remove', 'tolerate']),
        /** Taint keys that are never foreign. */
        tolerated: z.array(name).default([]),
      }),
      network: z.strictObject({
        ...(sections.network as S['network']),
        kernelModules: z.array(name).default([]),
        sysctls: z.record(name, z.string()).default({}),
      }),
      workloads: z.array(workload),
      ports: z.array(mappedPort),
      /** Host ports that must not be bound by the node container. */
      forbiddenPorts: z.array(z.strictObject({ host: port, because: name })).default([]),
      endpoints: z.strictObject({
        api: published,
        ...(sections.endpoints as S['endpoints']),
        /** An address that moves between control planes, so that no kubeconfig has to change. */
        virtual: z.strictObject({ address: z.ipv4(), port }).optional(),
      }),
      external: z.array(external).default([]),
      services: z
        .strictObject({
          /** Service names whose injected environment breaks somebody. */
          harmfulNames: z
            .array(z.strictObject({ name, namespace: name.optional(), because: name }))
            .default([]),
          /** Text that no container's environment may hold any more. */
          legacyHosts: z.array(name).default([]),
        })
        .default({ harmfulNames: [], legacyHosts: [] }),
      images: z
        .strictObject({ unavailable: z.array(name).default([]) })
        .default({ unavailable: [] }),
      /** What it asks of the objects that people write. */
      manifests: manifestRules.prefault({}),
      webhooksOff: z.array(z.strictObject({ contains: name, because: name })).default([]),
      storage: z.strictObject({
        claims: z.array(claim),
        disks: z.array(z.strictObject({ path: name, limit: percent })),
      }),
      /** Longest time a pod may be pending, unknown or crash-looping. */
      budgets: z.strictObject({
        stuckPod: duration,
        unknownPod: duration,
        recovery: duration,
        /** Until a dead node is NotReady, and until its pods are moved. */
        nodeNotReady: duration.optional(),
        eviction: duration.optional(),
      }),
      waivers: z.array(waiverSchema).default([]),
      choices: z.array(choiceSchema).default([]),
      drillTargets: drillTargets.default({}),
      limits: limits.prefault({}),
      /**
       * Images with which the cluster itself ends a fault when nobody returns. Absent: it has no
       * dead-man's switch of its own.
       */
      switches: z
        .strictObject({
          /** Holds a program “sleep”. */ wait: name,
          /** Its first program is kubectl. */ kubectl: name,
        })
        .optional(),
      /** Absent: drills may run at any time. */
      window: window.optional(),
      nightly: z.strictObject({
        /** How many drills a night, taken in turn. */ drills: z.int().min(0),
        rotation: z.array(name),
      }),
    })
    .check(ctx => refuseContradictions(ctx as unknown as Contradictions))

/** The policy without any platform. */
type CoreSchema = ReturnType<
  typeof policySchemaWith<Readonly<Record<keyof PolicySections, Readonly<Record<string, never>>>>>
>

/**
 * The schema of this program, with the sections of its platforms: helpers/policy.ts registers it by
 * declaration merging, so that no platform is named here.
 */
export interface RegisteredSchema {}
type Schema = RegisteredSchema extends { readonly schema: infer S extends z.ZodType }
  ? S
  : CoreSchema

export type Policy = z.output<Schema>
export type PolicyInput = z.input<Schema>
export type Clause = z.output<typeof clauseSchema>
export type ClauseInput = z.input<typeof clauseSchema>
export type Workload = Policy['workloads'][number]
export type MappedPort = Policy['ports'][number]
export type Claim = Policy['storage']['claims'][number]
export type PolicyNode = Policy['nodes'][number]
export type AppAnswer = z.output<typeof answerSchema>

/** A policy that is not one. The message lists every mistake with its path and value. */
export class PolicyError extends Error {}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? Reflect.get(at, key) : undefined),
    value,
  )
}

/**
 * Checks a policy by a schema. Throws a PolicyError that lists all mistakes at once, each with
 * file, path, value and expectation.
 */
export function parsePolicyBy<S extends z.ZodType>(
  schema: S,
  input: unknown,
  file: string,
): z.output<S> {
  // A policy is checked once in a process: to compile the check takes longer than to make it.
  const parsed = schema.safeParse(input, { jitless: true })
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({
          path: [...issue.path, key],
          message: 'a policy has no such member here',
        }))
      : [{ path: issue.path, message: issue.message }],
  )
  const lines = mistakes.map(({ path, message }) => {
    const value = JSON.stringify(valueAt(input, path))
    return `  ${path.map(String).join('.') || '(top)'}: ${message}; it is ${value === undefined ? 'missing' : value.slice(0, 120)}`
  })
  throw new PolicyError(`${file} is not a policy:\n${lines.join('\n')}`)
}
