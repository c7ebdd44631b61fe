// The lab's world with a node under systemd, and a policy that names its unit.
import { guarded } from '#helpers/forbidden/forbidden.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import { findingsOf } from '#src/engine/evaluate/judge.ts'
import { heal } from '#src/engine/heal/heal.ts'
import type { Healing, Policy } from '#src/model/index.ts'
import { createLab, type Lab } from '#lab/lab.ts'
import { sandboxApps } from '#lab/node/index.ts'
import { host, world } from '#lab/worlds/k3s-server.ts'
import { nodeServicesRun, nodesAreReady } from '#specs/invariants/nodes.spec.ts'
import { policyWith } from '#tests/model/policy.ts'

/** Its server, its node and its unit. */
export const server = 'k3s-1'

export const newLab = (): Lab =>
  createLab({ ...world, host, apps: sandboxApps }, { seed: 1, manifests: [] })

/** `unit`: another name than that of the unit. */
export const policyFor = (unit = 'k3s'): Policy =>
  policyWith({
    identity: { contexts: ['admin@k3s'] },
    nodes: [{ name: server, role: 'control-plane', service: { unit, host: server, user: 'core' } }],
  })

const invariants = [nodeServicesRun, nodesAreReady]

export interface Seen {
  /** The kind of the verdict and the codes of its findings, by invariant. */
  [invariant: string]: readonly [kind: string, ...codes: readonly string[]]
}

const evaluated = (lab: Lab, policy: Policy) => evaluate(invariants, guarded(lab.runtime), policy)

export async function check(lab: Lab, policy: Policy = policyFor()): Promise<Seen> {
  const { judgements } = await evaluated(lab, policy)
  return Object.fromEntries(
    judgements.map(({ invariant, verdict }) => [
      invariant,
      [verdict.kind, ...findingsOf(verdict).map(({ code }) => code)],
    ]),
  )
}

/** `heal --apply`, as the command line runs it. */
export async function healed(lab: Lab): Promise<readonly Healing[]> {
  const policy = policyFor()
  const runtime = guarded(lab.runtime)
  const context = {
    runtime,
    policy,
    invariants,
    evaluate: () => evaluated(lab, policy),
    add: () => {},
  }
  return (await heal(context, { apply: true })).healings
}

/** Runs a command line on the server by ssh, as `user`. */
export async function onServer(lab: Lab, line: string, user = 'core') {
  const exit = await lab.runtime.shell.run(['ssh', '-l', user, server, '--', line], {
    deadline: 600_000,
  })
  if (exit.kind !== 'exited') throw new Error(`ssh ended as ${exit.kind}`)
  const { code, stdout, stderr } = exit
  return { code, stdout, stderr }
}
