// `holdfast rbac`: the accounts, roles and bindings that check, heal and drill need, and no more.
import { stdout } from 'node:process'
import { signals } from '#helpers/kubernetes/signals.ts'
import { rbacYaml } from '#src/engine/guards/roles.ts'
import { drills } from '#specs/chaos/index.ts'
import { invariants } from '#specs/invariants/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { exits } from '#src/runs/process/exit.ts'
import { requireActive, selectedDrills } from '#src/runs/requested.ts'

export async function rbac(options: Arguments): Promise<number> {
  const policy = await loadPolicy(options.settings.cluster)
  requireActive(policy)
  const words = [
    ...options.words,
    ...(options.drills ?? '')
      .split(',')
      .map(word => word.trim())
      .filter(word => word !== '' && word !== 'all'),
  ]
  const names = selectedDrills(words, options.settings, policy)
  const selected = drills
    .filter(({ name }) => names.includes(name))
    .filter(drill => words.length > 0 || drill.faults(policy).length > 0)
  stdout.write(rbacYaml(policy, { invariants, drills: selected, signals }))
  return exits.holds
}
