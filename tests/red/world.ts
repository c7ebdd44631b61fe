// A fresh world for each proof: joelclaw's lab, its policy, and the differences from its healthy
// state.
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

/** joelclaw's policy, parsed once. No test may change it. */
export const joelclaw: Policy = parsePolicy(input, 'clusters/joelclaw/policy.ts')

/** The invariants that have a subject in joelclaw's policy. */
export const invariants = all.filter(({ subjects }) => subjects(joelclaw).length > 0)

/** The only node. Its container has the same name. */
export const node = 'joelclaw-controlplane-1'

/** Verdicts by `invariant · subject`. */
export type Verdicts = ReadonlyMap<string, Verdict>
export type Kinds = Readonly<Record<string, Verdict['kind'] | 'gone'>>

/** A booted world, and the functions that break it. */
export interface World {
  readonly lab: Lab
  /** The runtime without the guard: a break may do what holdfast never would. */
  readonly runtime: Runtime
  policy: Policy
  kube(): Promise<Kube>
  /** Runs a command on the host that must succeed. Returns its stdout. */
  command(...argv: readonly string[]): Promise<string>
  /** A command in the VM. */
  inVm(...words: readonly string[]): Promise<string>
  /** docker at Colima's socket. */
  docker(...words: readonly string[]): Promise<string>
  evaluate(): Promise<Verdicts>
  /** `heal --apply` as the command line runs it, behind the guard. */
  heal(): Promise<readonly Healing[]>
}

/**
 * The deadline of one command of a break, ms. A container may use its grace period to stop, and
 * Colima takes minutes.
 */
const patience = 600_000

const manifests = manifestsOf('joelclaw')
const seed = await findWorld('joelclaw')

const byName = (judgements: readonly Judgement[]): Verdicts =>
  new Map(judgements.map(judgement => [nameOf(judgement), judgement.verdict]))

/** Boots a world. `change` changes its seed first. */
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

/** All verdicts that differ from before, by name. */
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

/** Expands `invariant · *` to every subject of the baseline. A full name takes precedence. */
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
 * Replaces what differs by chance: random ends of pod names, uids, the VM's ssh port, and undici's
 * single text for all failures.
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

/** The findings of a violated verdict in full, normalized. Empty for all other verdicts. */
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

/**
 * The result of each fix: only its name if it acted and helped, otherwise its name and what
 * happened.
 */
export const deeds = (healings: readonly Healing[]): readonly string[] =>
  healings.map(({ fix, outcome }) => {
    if (outcome.kind === 'applied') return outcome.helped ? fix : `${fix} (in vain)`
    return outcome.kind === 'planned'
      ? `${fix} (planned)`
      : `${fix} (${outcome.kind}: ${healingReason({ outcome })})`
  })
