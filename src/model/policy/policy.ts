// The shape of a cluster's resilience policy: data only, composed of its parts and of the sections
// of the platforms.
import { z } from 'zod'
import { answerSchema, external, mappedPort, services, workload } from './applications.ts'
import { choiceSchema, waiverSchema, clauseSchema } from './clause.ts'
import { budgets, limits, nightly, switches, window } from './drill-limits.ts'
import { drillTargets } from './drill-targets.ts'
import { manifestRules } from './manifest-rules.ts'
import type { KnownProof } from './proof.ts'
import { refuseContradictions, type Contradictions } from './parse.ts'
import { storage } from './storage.ts'
import { name, port } from './values.ts'

const about = {
  cluster: z.string().regex(/^[a-z0-9-]+$/),
  description: name,
  /** Planned: the clauses exist as data, and no cluster is judged by them yet. */
  status: z.enum(['active', 'planned']),
  /** Who answers for this cluster: the owner of every test in Allure. */
  owner: name.optional(),
  /** `url`: where people read it. Reports link to it. */
  documents: z.array(z.strictObject({ id: name, title: name, url: z.url().optional() })).min(1),
  /** Version of Kubernetes that its API serves. Unset: the newest that the project knows. */
  kubernetes: z
    .string()
    .regex(/^1\.\d{1,3}$/, 'expected a version of Kubernetes, such as "1.35"')
    .optional(),
  clauses: z.array(clauseSchema).min(1),
}

const identity = {
  /** Contexts of the kubeconfig that may be this cluster, best first. */
  contexts: z.array(name).min(1),
  /**
   * The uid of the namespace kube-system. Unset: holdfast does not compare it, and reports that.
   */
  kubeSystemUid: z.uuid().optional(),
  kubeconfig: name.default('~/.kube/config'),
}

const node = {
  name,
  role: z.enum(['control-plane', 'worker']),
  labels: z.record(name, z.string()).optional(),
}

const taints = z.strictObject({
  controlPlane: z.enum(['remove', 'tolerate']),
  /** Pod templates tolerate the control-plane taint although it is removed: it returns. */
  templatesTolerate: z.boolean().default(false),
  /** Taint keys that are never foreign. */
  tolerated: z.array(name).default([]),
})

const network = {
  kernelModules: z.array(name).default([]),
  sysctls: z.record(name, z.string()).default({}),
}

/**
 * A port of the control planes that their containers publish. A port that is not pinned changes at
 * each restart.
 */
export const published = z.strictObject({
  container: port,
  pinned: port.optional(),
  /** Which control planes publish it. One is enough where it serves all of them. */
  publishedBy: z.enum(['every-control-plane', 'one-control-plane']).default('every-control-plane'),
})

/** An address that moves between control planes, so that no kubeconfig has to change. */
const virtual = z.strictObject({ address: z.ipv4(), port })

const forbiddenPort = z.strictObject({ host: port, because: name })
const images = z.strictObject({ unavailable: z.array(name).default([]) })
const webhookOff = z.strictObject({ contains: name, because: name })

/** Members that platforms add to a policy, grouped by their place in it. */
export interface PolicySections {
  readonly policy: z.ZodRawShape
  readonly node: z.ZodRawShape
  readonly identity: z.ZodRawShape
  readonly network: z.ZodRawShape
  readonly endpoints: z.ZodRawShape
}

/** The shape of a policy: the members of every cluster and the sections of the platforms. */
export const policySchemaWith = <const S extends PolicySections>(sections: S) =>
  z
    .strictObject({
      ...(sections.policy as S['policy']),
      ...about,
      identity: z.strictObject({ ...identity, ...(sections.identity as S['identity']) }),
      nodes: z.array(z.strictObject({ ...node, ...(sections.node as S['node']) })).min(1),
      namespaces: z.array(name).min(1),
      taints,
      network: z.strictObject({ ...(sections.network as S['network']), ...network }),
      workloads: z.array(workload),
      ports: z.array(mappedPort),
      /** Host ports that the node container must not bind. */
      forbiddenPorts: z.array(forbiddenPort).default([]),
      endpoints: z.strictObject({
        api: published,
        ...(sections.endpoints as S['endpoints']),
        virtual: virtual.optional(),
      }),
      external: z.array(external).default([]),
      services: services.default({ harmfulNames: [], legacyHosts: [] }),
      images: images.default({ unavailable: [] }),
      /** Rules for the manifests that people write. */
      manifests: manifestRules.prefault({}),
      webhooksOff: z.array(webhookOff).default([]),
      storage,
      budgets,
      waivers: z.array(waiverSchema).default([]),
      choices: z.array(choiceSchema).default([]),
      drillTargets: drillTargets.default({}),
      limits: limits.prefault({}),
      /** Absent: the cluster has no dead-man's switch of its own. */
      switches: switches.optional(),
      /** Absent: drills may run at any time. */
      window: window.optional(),
      nightly,
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
export type Clause = z.output<typeof clauseSchema>
/**
 * A clause as a person writes it. An editor completes the proofs of this program; a name that it
 * does not know is for the check that loads the policy.
 */
export interface ClauseInput extends Omit<z.input<typeof clauseSchema>, 'provenBy'> {
  provenBy?: (KnownProof | (string & {}))[] | undefined
}
export type PolicyInput = Omit<z.input<Schema>, 'clauses'> & { clauses: ClauseInput[] }
export type Workload = Policy['workloads'][number]
export type MappedPort = Policy['ports'][number]
export type Claim = Policy['storage']['claims'][number]
export type PolicyNode = Policy['nodes'][number]
export type AppAnswer = z.output<typeof answerSchema>
