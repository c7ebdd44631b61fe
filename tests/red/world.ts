// A world of its own for each proof: joelclaw's lab, its policy, and what differs from how it was when all was well.
import input from '../../clusters/joelclaw/policy.ts'
import { manifestsOf } from '../../bin/manifests.ts'
import { guarded } from '../../helpers/adapters/forbidden.ts'
import { run } from '../../helpers/adapters/command.ts'
import { openKube, type Kube } from '../../helpers/adapters/kube.ts'
import { paths } from '../../helpers/adapters/colima.ts'
import { vm } from '../../helpers/adapters/vm-ssh.ts'
import { nameOf } from '../../helpers/judge/judge.ts'
import { heal } from '../../helpers/run/heal.ts'
import { look } from '../../helpers/run/look.ts'
import { parsePolicy, type Finding, type Healing, type Judgement, type Policy, type Reach, type Verdict } from '../../helpers/words/index.ts'
import { createLab, worldOf, type Lab, type WorldSeed } from '../../lab/lab.ts'
import { invariants } from '../../specs/invariants/index.ts'

/** joelclaw's policy as it is, parsed once; nobody changes it. */
export const joelclaw: Policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')

/** The one node, and its container of the same name. */
export const node = 'joelclaw-controlplane-1'

/** Verdicts by `invariant · subject`. */
export type Verdicts = ReadonlyMap<string, Verdict>
export type Kinds = Readonly<Record<string, Verdict['kind'] | 'gone'>>

/** A booted world and the hands that break it. */
export interface World {
  readonly lab: Lab
  /** Unguarded: whoever breaks does what holdfast never would. */
  readonly reach: Reach
  policy: Policy
  kube(): Promise<Kube>
  /** A command of the host that must succeed; returns its stdout. */
  command(...argv: readonly string[]): Promise<string>
  /** A command in the VM. */
  inVm(...words: readonly string[]): Promise<string>
  /** docker at Colima's socket. */
  docker(...words: readonly string[]): Promise<string>
  look(): Promise<Verdicts>
  /** `heal --apply` as the command line does it, behind the guard. */
  heal(): Promise<readonly Healing[]>
}

/** ms for one command of a breaker; a container may take its grace to stop, Colima minutes. */
const patience = 600_000

const manifests = manifestsOf('joelclaw')
const seed = await worldOf('joelclaw')

const byName = (judgements: readonly Judgement[]): Verdicts => new Map(judgements.map(judgement => [nameOf(judgement), judgement.verdict]))

/** Boots a world. `change` makes another seed of it before. */
export function boot({ change = same => same, policy = joelclaw }: { change?: (seed: WorldSeed) => WorldSeed; policy?: Policy } = {}): World {
  if (seed === undefined) throw new Error('the lab has no world for joelclaw')
  const lab = createLab(change(seed), { seed: 148, manifests })
  const { reach } = lab
  const tools = { reach, deadline: patience, signal: new AbortController().signal }
  const safe = guarded(reach)
  const world: World = {
    lab,
    reach,
    policy,
    kube: () => openKube(tools, joelclaw.identity),
    command: (...argv) => run(tools, argv),
    inVm: (...words) => vm(tools, 'default').run(words, { mux: true }),
    docker: (...words) => run(tools, ['docker', '--host', `unix://${paths(reach.home, 'default').socket}`, ...words]),
    look: async () => byName((await look(invariants, safe, world.policy)).judgements),
    heal: async () => (await heal({ reach: safe, policy: world.policy, invariants, look: () => look(invariants, safe, world.policy), moment: () => {} }, { apply: true })).healings,
  }
  return world
}

const codesOf = (verdict: Verdict): string => ('findings' in verdict ? verdict.findings.map(finding => finding.code).join() : '')

/** Everything that is judged otherwise than before: the whole of it, by name. */
export function difference(before: Verdicts, after: Verdicts): Kinds {
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return Object.fromEntries(names.flatMap(name => {
    const [was, is] = [before.get(name), after.get(name)]
    if (is === undefined) return [[name, 'gone'] as const]
    return was?.kind === is.kind && codesOf(was) === codesOf(is) ? [] : [[name, is.kind] as const]
  }))
}

/** Writes `invariant · *` out for every subject that the baseline has; a name in full wins over it. */
export function inFull(kinds: Kinds, baseline: Verdicts): Kinds {
  const entries = Object.entries(kinds)
  const wide = entries.filter(([name]) => name.endsWith(' · *')).flatMap(([name, kind]) => {
    const fitting = [...baseline.keys()].filter(known => known.startsWith(name.slice(0, -1)))
    if (fitting.length === 0) throw new Error(`no judgement is called ${name}`)
    return fitting.map(known => [known, kind] as const)
  })
  return { ...Object.fromEntries(wide), ...Object.fromEntries(entries.filter(([name]) => !name.endsWith(' · *'))) }
}

/** Findings of a violated verdict; none of any other. */
export const findingsIn = (verdict: Verdict | undefined): readonly Finding[] => (verdict?.kind === 'violated' ? verdict.findings : [])

/** What each fix made of it: its name where it acted and helped, else with what became of it. */
export const deeds = (healings: readonly Healing[]): readonly string[] => healings.map(({ fix, outcome }) => {
  if (outcome.kind === 'applied') return outcome.helped ? fix : `${fix} (in vain)`
  return outcome.kind === 'planned' ? `${fix} (planned)` : `${fix} (${outcome.kind}: ${outcome.why})`
})
