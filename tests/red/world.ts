// A world of its own for each proof: joelclaw's lab, its policy, and what differs from how it was
// when all was well.
import { healingReason } from '#src/reporting/sentences.ts'
import input from '#clusters/joelclaw/policy.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { run } from '#src/commands/command.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import { paths } from '#helpers/colima/client.ts'
import { vm } from '#helpers/colima/vm.ts'
import { heal } from '#src/engine/heal/heal.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { parsePolicy } from '#helpers/policy.ts'
import {
  nameOf,
  type Finding,
  type Healing,
  type Judgement,
  type Pod,
  type Policy,
  type Runtime,
  type Verdict,
} from '#src/model/index.ts'
import { createLab, findWorld, type Lab, type WorldSeed } from '#lab/lab.ts'
import { invariants as all } from '#specs/invariants/index.ts'

/** joelclaw's policy as it is, parsed once; nobody changes it. */
export const joelclaw: Policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')

/** Invariants that are about something in joelclaw's policy; the others it does not ask for. */
export const invariants = all.filter(({ subjects }) => subjects(joelclaw).length > 0)

/** The one node, and its container of the same name. */
export const node = 'joelclaw-controlplane-1'

/** Verdicts by `invariant · subject`. */
export type Verdicts = ReadonlyMap<string, Verdict>
export type Kinds = Readonly<Record<string, Verdict['kind'] | 'gone'>>

/** A booted world and the hands that break it. */
export interface World {
  readonly lab: Lab
  /** Unguarded: whoever breaks does what holdfast never would. */
  readonly runtime: Runtime
  policy: Policy
  kube(): Promise<Kube>
  /** A command of the host that must succeed; returns its stdout. */
  command(...argv: readonly string[]): Promise<string>
  /** A command in the VM. */
  inVm(...words: readonly string[]): Promise<string>
  /** docker at Colima's socket. */
  docker(...words: readonly string[]): Promise<string>
  evaluate(): Promise<Verdicts>
  /** `heal --apply` as the command line does it, behind the guard. */
  heal(): Promise<readonly Healing[]>
}

/** ms for one command of a breaker; a container may take its grace to stop, Colima minutes. */
const patience = 600_000

const manifests = manifestsOf('joelclaw')
const seed = await findWorld('joelclaw')

const byName = (judgements: readonly Judgement[]): Verdicts =>
  new Map(judgements.map(judgement => [nameOf(judgement), judgement.verdict]))

/** Boots a world. `change` makes another seed of it before. */
export function boot({
  change = same => same,
  policy = joelclaw,
}: { change?: (seed: WorldSeed) => WorldSeed; policy?: Policy } = {}): World {
  if (seed === undefined) throw new Error('the lab has no world for joelclaw')
  const lab = createLab(change(seed), { seed: 148, manifests })
  const { runtime } = lab
  const call = { runtime, deadline: patience, signal: new AbortController().signal }
  const safe = guarded(runtime)
  const world: World = {
    lab,
    runtime,
    policy,
    kube: () => openKube(call, joelclaw.identity),
    command: (...argv) => run(call, argv),
    inVm: (...words) => vm(call, 'default').run(words, { mux: true }),
    docker: (...words) =>
      run(call, ['docker', '--host', `unix://${paths(runtime.home, 'default').socket}`, ...words]),
    evaluate: async () => byName((await evaluate(invariants, safe, world.policy)).judgements),
    heal: async () =>
      (
        await heal(
          {
            runtime: safe,
            policy: world.policy,
            invariants,
            evaluate: () => evaluate(invariants, safe, world.policy),
            add: () => {},
          },
          { apply: true },
        )
      ).healings,
  }
  return world
}

const codesOf = (verdict: Verdict): string =>
  'findings' in verdict ? verdict.findings.map(finding => finding.code).join() : ''

/** Everything that is judged otherwise than before: the whole of it, by name. */
export function difference(before: Verdicts, after: Verdicts): Kinds {
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const same = (was: Verdict | undefined, is: Verdict | undefined): boolean =>
    was !== undefined && is !== undefined && was.kind === is.kind && codesOf(was) === codesOf(is)
  return Object.fromEntries(
    names
      .filter(name => !same(before.get(name), after.get(name)))
      .map(name => [name, after.get(name)?.kind ?? 'gone']),
  )
}

/**
 * Writes `invariant · *` out for every subject that the baseline has; a name in full wins over it.
 */
export function inFull(kinds: Kinds, baseline: Verdicts): Kinds {
  const entries = Object.entries(kinds)
  const wide = entries
    .filter(([name]) => name.endsWith(' · *'))
    .flatMap(([name, kind]) => {
      const fitting = [...baseline.keys()].filter(known => known.startsWith(name.slice(0, -1)))
      if (fitting.length === 0) throw new Error(`no judgement is called ${name}`)
      return fitting.map(known => [known, kind] as const)
    })
  return {
    ...Object.fromEntries(wide),
    ...Object.fromEntries(entries.filter(([name]) => !name.endsWith(' · *'))),
  }
}

/**
 * What no reader has to know letter by letter: random ends of pod names, uids, the port of the VM's
 * ssh, and undici's one word for all failures.
 */
function withoutChance(text: string, pods: readonly string[]): string {
  const named = pods
    .filter(name => !/-\d+$/.test(name))
    .reduce(
      (rest, name) => rest.replaceAll(name, name.replace(/(-[0-9a-z]{8,10})?-[0-9a-z]{5}$/, '-…')),
      text,
    )
  return named
    .replaceAll(/(?!0{8})[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/((?:127\.0\.0\.1| on) port) \d+/g, '$1 <ssh>')
    .replaceAll(/\b(since|for|the last) (\d+ min \d+ s|[\d.]+ m?s)\b/g, '$1 <time>')
    .replace(/: fetch failed$/, '')
}

/**
 * Findings of a violated verdict in full, without what chance put into their words; none of any
 * other verdict.
 */
export function findingsIn(world: World, verdict: Verdict | undefined): readonly Finding[] {
  const pods = world.lab.context.store.list<Pod>('Pod').map(({ metadata: { name } }) => name)
  const plain = (text: string): string => withoutChance(text, pods)
  return (verdict?.kind === 'violated' ? verdict.findings : []).map(
    ({ code, seen, expected, remedy }) => ({
      code: plain(code),
      seen: plain(seen),
      expected: plain(expected),
      remedy: plain(remedy),
    }),
  )
}

/** What each fix made of it: its name where it acted and helped, else with what became of it. */
export const deeds = (healings: readonly Healing[]): readonly string[] =>
  healings.map(({ fix, outcome }) => {
    if (outcome.kind === 'applied') return outcome.helped ? fix : `${fix} (in vain)`
    return outcome.kind === 'planned'
      ? `${fix} (planned)`
      : `${fix} (${outcome.kind}: ${healingReason({ outcome })})`
  })
